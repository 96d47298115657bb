// The page as a whole: the tabs, what happens in them, and what a tap does.

import { follow, post, state } from "./api.js";
import * as composer from "./composer.js";
import { make } from "./format.js";
import * as log from "./log.js";

const byId = (id) => document.getElementById(id);
const TAB_NAMES = { user: "用户", admin: "管理员", group: "群聊" };
const DOING = { typing: "正在输入", upload_photo: "正在发送图片", upload_document: "正在发送文件" };
const ACTION_MILLISECONDS = 5000;
const TOAST_MILLISECONDS = 3500;

let bot = null;
let tabs = new Map();
let current = null;
let connected = false;
let toastTimer = 0;
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
  drawTabs();
  drawStatus();
}

function started() {
  const fresh = current.chat.type === "private" && !current.messages.size;
  composer.setStarted(!fresh);
  byId("intro").hidden = !fresh;
}

function happened(event) {
  if (event.kind === "commands") return refreshCommands();
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
    if (shown) log.remove(id);
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

async function refreshCommands() {
  for (const tab of (await state()).tabs) {
    const known = tabs.get(tab.key);
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

async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(`没有成功：${error.message}`);
    return null;
  }
}

composer.connect({
  async say(text, replyTo) {
    const sent = await attempt(() => post("say", { tab: current.key, text, reply_to: replyTo?.message_id }));
    if (!sent) composer.setText(text);
  },
  edit: (message, text) => attempt(() => post("edit", { tab: current.key, message_id: message.message_id, text })),
  editLast() {
    const own = [...current.messages.values()].filter((message) => message.from.id === current.user.id && message.text);
    if (own.length) composer.setAim("edit", own.at(-1));
  },
});

async function press(key) {
  const message_id = Number(key.closest(".row").dataset.id);
  key.classList.add("loading");
  key.setAttribute("aria-busy", "true");
  const result = await attempt(() => post("press", { tab: current.key, message_id, data: key.dataset.press }));
  key.classList.remove("loading");
  key.removeAttribute("aria-busy");
  const answer = result?.answer;
  if (!answer?.text) return;
  if (answer.show_alert) {
    byId("alert-text").textContent = answer.text;
    byId("alert").showModal();
  } else toast(answer.text);
}

async function copy(text, said = "已复制") {
  await navigator.clipboard.writeText(text).then(() => toast(said), () => toast("浏览器不让复制"));
}

function toast(text) {
  const node = byId("toast");
  node.textContent = text;
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, TOAST_MILLISECONDS);
}

function openActions(row, x, y) {
  const message = current.messages.get(Number(row.dataset.id));
  const text = message.text ?? message.caption;
  const offers = [["回复", () => composer.setAim("reply", message)]];
  if (text) offers.push(["复制", () => copy(text)]);
  if (message.from.id === current.user.id && message.text) offers.push(["编辑", () => composer.setAim("edit", message)]);
  const menu = byId("actions");
  menu.replaceChildren(...offers.map(([label, act]) => {
    const item = make("button", "", label);
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.addEventListener("click", () => { closeActions(); act(); });
    return make("li", "", item);
  }));
  menu.hidden = false;
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  menu.querySelector("button").focus({ preventScroll: true });
}

function closeActions() {
  byId("actions").hidden = true;
}

byId("log").addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at("[data-press]")) return at(".loading") ?? press(at("[data-press]"));
  if (at("[data-copy]")) return copy(at("[data-copy]").dataset.copy);
  if (at("[data-unsupported]")) return toast("这里不能用这个按钮");
  if (at(".reply")) return log.reveal(at(".reply").dataset.target) || toast("原消息不在了");
  if (at(".command")) return post("say", { tab: current.key, text: at(".command").dataset.command });
  if (at("img.photo")) return enlarge(at("img.photo"));
  if (at("code")) return copy(at("code").textContent);
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
  tappedAway = !byId("actions").hidden; // this tap only closes the menu
  if (!event.target.closest("#actions")) closeActions();
  if (!event.target.closest(".foot")) composer.closeMenu();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeActions(); });
byId("tabs").addEventListener("click", (event) => {
  const button = event.target.closest(".tab");
  if (button) open(button.dataset.tab);
});

function enlarge(image) {
  byId("lightbox-image").src = image.src;
  byId("lightbox-image").alt = image.alt;
  byId("lightbox").showModal();
}

// Light or dark: the system's, until one is chosen here

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

byId("theme").addEventListener("click", () => {
  const chosen = document.documentElement.dataset.theme;
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  localStorage.setItem("theme", dark ? "light" : "dark");
  setTheme(localStorage.getItem("theme"));
});
setTheme(localStorage.getItem("theme"));
load();
