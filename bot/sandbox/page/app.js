// The page as a whole: the tabs, what happens in them, and what a tap does.

import { closeMenu, isOpen, openMenu } from "./actions.js";
import { follow, post, state } from "./api.js";
import * as composer from "./composer.js";
import { make } from "./format.js";
import * as inline from "./inline.js";
import * as keys from "./keys.js";
import * as log from "./log.js";
import { alert, attempt, copy, enlarge, toast, unsupported } from "./notices.js";
import "./theme.js";

const byId = (id) => document.getElementById(id);
const TAB_NAMES = { user: "用户", admin: "管理员", group: "群聊" };
const DOING = { typing: "正在输入", upload_photo: "正在发送图片", upload_document: "正在发送文件" };
const ACTION_MILLISECONDS = 5000;

let bot = null;
let tabs = new Map();
let current = null;
let connected = false;
let tappedAway = false;

async function load() {
  let loaded;
  try {
    loaded = await state();
  } catch {
    setConnected(false);
    setTimeout(load, 1000);
    return;
  }
  bot = loaded.bot;
  inline.setBot(bot.username);
  tabs = new Map(loaded.tabs.map((tab) => [tab.key, {
    ...tab, unread: 0, messages: new Map(tab.messages.map((message) => [message.message_id, message])),
  }]));
  byId("description").textContent = bot.description || "点下面的按钮开始。";
  drawTabs();
  open(current?.key ?? sessionStorage.getItem("tab") ?? "user");
  follow(loaded.last, { onEvent: happened, onReset: load, onConnected: setConnected });
}

function open(key) {
  current = tabs.get(key) ?? tabs.get("user");
  sessionStorage.setItem("tab", current.key);
  current.unread = 0;
  const title = current.chat.title ?? bot.first_name;
  byId("title").textContent = title;
  byId("avatar").textContent = title.slice(0, 1);
  composer.setAim(null);
  composer.setCommands(current.commands);
  started();
  log.show(current);
  drawWish();
  byId("language").value = languageOf(current.user);
  drawTabs();
  drawStatus();
}

function started() {
  const fresh = current.chat.type === "private" && !current.messages.size;
  composer.setStarted(!fresh);
  byId("intro").hidden = !fresh;
}

function happened(event) {
  if (event.kind === "commands" || event.kind === "language") return refresh();
  for (const tab of tabs.values()) {
    if (tab.chat.id === event.chat_id) HAPPENED[event.kind]?.(tab, event, tab === current);
  }
}

const HAPPENED = {
  message(tab, { message }, shown) {
    tab.messages.set(message.message_id, message);
    if (message.from.id === bot.id) setAction(tab, null);
    if (shown) {
      started();
      log.add(message);
      drawWish();
    } else if (message.from.id !== tab.user.id) {
      tab.firstUnread ??= message.message_id;
      tab.unread += 1;
      drawTabs();
    }
  },
  edited(tab, { message }, shown) {
    tab.messages.set(message.message_id, message);
    if (shown) log.replace(message);
  },
  deleted(tab, { message_id: id }, shown) {
    tab.messages.delete(id);
    if (!shown) return;
    log.remove(id);
    drawWish();
  },
  read(tab, { message_id: id }, shown) {
    tab.read = Math.max(tab.read, id);
    const message = tab.messages.get(id);
    if (shown && message) log.replace(message);
  },
  action(tab, { action }) {
    setAction(tab, action);
  },
};

function setAction(tab, action) {
  clearTimeout(tab.actionTimer);
  tab.action = action;
  if (action) tab.actionTimer = setTimeout(() => setAction(tab, null), ACTION_MILLISECONDS);
  if (tab === current) drawStatus();
}

// The keys over the input, its placeholder, and the reply that the bot asks for.
function drawWish() {
  const wish = keys.wish(current);
  const stands = wish && !wish.answered;
  keys.draw(wish);
  composer.setPlaceholder((stands && wish.markup.input_field_placeholder) || "消息");
  if (stands && wish.markup.force_reply) composer.expectReply(wish.message);
}

function languageOf({ language_code: code = "" }) {
  if (/^zh-(hant|tw|hk|mo)/i.test(code)) return "zh-hant";
  return code.startsWith("en") ? "en" : "zh-hans";
}

// Languages and the command lists, which depend on them.
async function refresh() {
  for (const tab of (await state()).tabs) {
    const known = tabs.get(tab.key);
    known.user = tab.user;
    if (known === current) byId("language").value = languageOf(tab.user);
    if (JSON.stringify(known.commands) === JSON.stringify(tab.commands)) continue;
    known.commands = tab.commands;
    if (known === current) composer.setCommands(tab.commands);
  }
}

function setConnected(now) {
  connected = now;
  drawStatus();
}

function drawStatus() {
  const status = byId("status");
  const doing = connected && current?.action && (DOING[current.action] ?? "正在处理");
  status.classList.toggle("busy", Boolean(doing));
  if (!connected) status.textContent = "连接中…";
  else if (doing) status.replaceChildren(make("span", "dots", make("i"), make("i"), make("i")), `${doing}…`);
  else status.textContent = current.chat.type === "private" ? "机器人" : `${current.chat.members} 位成员`;
}

function drawTabs() {
  byId("tabs").replaceChildren(...[...tabs.values()].map((tab) => {
    const button = make("button", "tab", TAB_NAMES[tab.key]);
    button.type = "button";
    button.dataset.tab = tab.key;
    button.setAttribute("role", "tab");
    button.setAttribute("aria-selected", String(tab === current));
    if (tab.unread) button.append(make("span", "badge", String(tab.unread)));
    return button;
  }));
}

// What a person does

composer.connect({
  async say(text, replyTo) {
    const sent = await attempt(() => post("say", { tab: current.key, text, reply_to: replyTo?.message_id }));
    if (!sent) composer.setText(text);
  },
  upload(file, caption, replyTo) {
    const given = { tab: current.key, name: file.name, caption, reply_to: replyTo?.message_id };
    return attempt(async () => post("upload", { ...given, data: await inBase64(file) }));
  },
  refuse: toast,
  edit: (message, text) => attempt(() => post("edit", { tab: current.key, message_id: message.message_id, text })),
  editLast() {
    const own = [...current.messages.values()].filter(canEdit);
    if (own.length) composer.setAim("edit", own.at(-1));
  },
});

inline.connect({
  ask: (text, offset) => attempt(() => post("inline", { tab: current.key, text, offset })),
  choose(query_id, result_id) {
    composer.setText("");
    return attempt(() => post("choose", { tab: current.key, query_id, result_id }));
  },
  start(parameter) {
    composer.setText("");
    return startBot(current.chat.type === "private" ? current : tabs.get("user"), parameter);
  },
  unsupported,
});

function canEdit(message) {
  return message.from.id === current.user.id && !message.via_bot && !message.forward_origin && (message.text ?? message.caption);
}

function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

async function press(key) {
  const message_id = Number(key.closest(".row").dataset.id);
  key.classList.add("loading");
  key.setAttribute("aria-busy", "true");
  const result = await attempt(() => post("press", { tab: current.key, message_id, data: key.dataset.press }));
  key.classList.remove("loading");
  key.removeAttribute("aria-busy");
  const answer = result?.answer;
  if (!answer?.text) return;
  (answer.show_alert ? alert : toast)(answer.text);
}

function openActions(row, x, y) {
  const message = current.messages.get(Number(row.dataset.id));
  const text = message.text ?? message.caption;
  const offers = [["回复", () => composer.setAim("reply", message)]];
  if (text) offers.push(["复制", () => copy(text)]);
  if (canEdit(message)) offers.push(["编辑", () => composer.setAim("edit", message)]);
  offers.push(["转发到…", () => chooseTab(x, y, (tab) => forward(message, tab))]);
  openMenu(offers, x, y);
}

// Offers the other tabs; `act` gets the one that is picked.
function chooseTab(x, y, act) {
  offerTabs(x, y, [...tabs.values()].filter((tab) => tab !== current), act);
}

function offerTabs(x, y, offered, act) {
  openMenu(offered.map((tab) => [TAB_NAMES[tab.key], () => act(tab)]), x, y);
}

async function forward(message, tab) {
  const from = current.key;
  open(tab.key);
  await attempt(() => post("forward", { tab: from, message_id: message.message_id, to: tab.key }));
}

// A link to this bot opens it here and not at Telegram: null for any other link, else its payload.
function payloadOf(href) {
  const url = URL.canParse(href) ? new URL(href) : null;
  const here = url?.hostname === "t.me" && url.pathname.toLowerCase() === `/${bot.username}`.toLowerCase();
  return here ? url.searchParams.get("start") ?? "" : null;
}

function startBot(tab, payload) {
  open(tab.key);
  return attempt(() => post("say", { tab: tab.key, text: `/start ${payload}`.trim() }));
}

function writeInline(query) {
  composer.write(`@${bot.username} ${query}`);
}

byId("log").addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at("[data-press]")) return at(".loading") ?? press(at("[data-press]"));
  if (at("[data-copy]")) return copy(at("[data-copy]").dataset.copy);
  if (at("[data-write]")) return composer.write(at("[data-write]").dataset.write);
  if (at("[data-inline-here]")) return writeInline(at("[data-inline-here]").dataset.inlineHere);
  if (at("[data-inline-there]")) {
    const query = at("[data-inline-there]").dataset.inlineThere;
    return chooseTab(event.clientX, event.clientY, (tab) => { open(tab.key); writeInline(query); });
  }
  if (at("[data-unsupported]")) return unsupported();
  if (at(".reply")) return log.reveal(at(".reply").dataset.target) || toast("原消息不在了");
  if (at(".command")) return post("say", { tab: current.key, text: at(".command").dataset.command });
  if (at("img.photo")) return enlarge(at("img.photo"));
  if (at("code")) return copy(at("code").textContent);
  const payload = payloadOf(at("a")?.href);
  if (payload !== null) {
    event.preventDefault();
    const alone = [...tabs.values()].filter((tab) => tab.chat.type === "private");
    return offerTabs(event.clientX, event.clientY, alone, (tab) => startBot(tab, payload));
  }
  if (at("a, button") || String(getSelection())) return undefined;
  if (at(".bubble") && !tappedAway) return openActions(at(".row"), event.clientX, event.clientY);
  return undefined;
});
byId("log").addEventListener("contextmenu", (event) => {
  const row = event.target.closest(".bubble")?.closest(".row");
  if (!row || event.target.closest("a, img")) return;
  event.preventDefault();
  openActions(row, event.clientX, event.clientY);
});
document.addEventListener("pointerdown", (event) => {
  tappedAway = isOpen(); // this tap only closes the menu
  if (!event.target.closest("#actions")) closeMenu();
  if (event.target.closest(".foot")) return;
  composer.closeMenu();
  inline.close();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenu(); });
byId("keys").addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (key?.dataset.say) attempt(() => post("say", { tab: current.key, text: key.dataset.say }));
  else if (key) unsupported();
});
byId("language").addEventListener("change", (event) => {
  attempt(() => post("language", { tab: current.key, code: event.target.value }));
});
byId("tabs").addEventListener("click", (event) => {
  const button = event.target.closest(".tab");
  if (button) open(button.dataset.tab);
});

load();
