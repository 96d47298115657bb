// The bar at the bottom: the input, what it replies to, edits or sends along, and the command menu.

import { make } from "./format.js";
import * as inline from "./inline.js";
import { sizeOf, snippet } from "./message.js";

const byId = (id) => document.getElementById(id);
const [bar, input, send, menu, list, about, start] =
  ["bar", "input", "send", "menu", "commands", "about", "start"].map(byId);
const REPLY = "M10 6l-6 6 6 6M4 12h9a7 7 0 0 1 7 6";
const EDIT = "M5 19l1-4L16 5l3 3L9 18z";
const FILE = "M7 3h7l4 4v14H7zM14 3v4h4";
const LARGEST_FILE = 20_000_000; // bytes that a bot may download

let commands = [];
let aim = null; // { kind: "reply" | "edit" | "file", message, file }
let handlers = {};

export function connect(given) {
  handlers = given;
}

export function setCommands(listed) {
  commands = listed;
  menu.hidden = !commands.length;
  closeMenu();
}

// Before the first message there is the start button in place of the input.
export function setStarted(started) {
  bar.hidden = !started;
  start.hidden = started;
}

export function setAim(kind, message, file) {
  aim = kind ? { kind, message, file } : null;
  about.hidden = !aim;
  if (kind) ABOUT[kind](message, file);
  grow();
  if (kind) input.focus();
}

const ABOUT = {
  reply: (message) => tell(REPLY, `回复 ${message.from.first_name}`, snippet(message)),
  edit(message) {
    tell(EDIT, "编辑消息", snippet(message));
    setText(message.text ?? message.caption);
  },
  file: (_message, file) => tell(FILE, file.name, `${sizeOf(file.size)} · 可以写一句说明`),
};

function tell(icon, title, text) {
  byId("about-icon").setAttribute("d", icon);
  byId("about-title").textContent = title;
  byId("about-snippet").textContent = text;
}

// A reply that the bot asks for; who is editing is not disturbed.
export function expectReply(message) {
  if (!aim || aim.kind === "reply") setAim("reply", message);
}

export function setPlaceholder(text) {
  input.placeholder = text;
}

export function setText(text) {
  input.value = text;
  inline.close();
  grow();
  input.setSelectionRange(text.length, text.length);
}

// Puts a text in the input as if it had been typed, cursor at its end.
export function write(text) {
  setText(text);
  input.focus();
  input.dispatchEvent(new Event("input"));
}

export function closeMenu() {
  list.hidden = true;
  menu.setAttribute("aria-expanded", "false");
}

function openMenu(shown, insert) {
  list.replaceChildren(...shown.map(({ command, description }) => {
    const pick = make("button", "pick", make("b", "", `/${command}`), make("span", "", description));
    pick.type = "button";
    pick.addEventListener("click", () => {
      closeMenu();
      if (insert) return setText(`/${command} `), input.focus();
      setText("");
      handlers.say(`/${command}`, null);
    });
    return make("li", "", pick);
  }));
  list.hidden = !shown.length;
  menu.setAttribute("aria-expanded", String(!list.hidden));
}

function grow() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 140)}px`;
  send.disabled = !input.value.trim() && aim?.kind !== "file";
  bar.classList.toggle("writing", Boolean(input.value.trim()));
}

function submit() {
  const text = input.value.trim();
  if (!text && aim?.kind !== "file") return;
  const { kind, message, file } = aim ?? {};
  setText("");
  setAim(null);
  closeMenu();
  if (kind === "edit") handlers.edit(message, text);
  else if (kind === "file") handlers.upload(file, text, message);
  else handlers.say(text, message ?? null);
}

bar.addEventListener("submit", (event) => { event.preventDefault(); submit(); input.focus(); });
input.addEventListener("input", () => {
  grow();
  inline.typed(input.value);
  const typed = /^\/(\w*)$/.exec(input.value);
  if (typed) openMenu(commands.filter(({ command }) => command.startsWith(typed[1].toLowerCase())), true);
  else closeMenu();
});
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // Enter then picks a word of an input method
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "ArrowUp" && !input.value) {
    event.preventDefault();
    handlers.editLast();
  } else if (event.key === "Escape") {
    if (aim?.kind === "edit") setText("");
    setAim(null);
    closeMenu();
    inline.close();
  }
});
menu.addEventListener("click", () => (list.hidden ? openMenu(commands, false) : closeMenu()));
byId("about-cancel").addEventListener("click", () => {
  if (aim?.kind === "edit") setText("");
  setAim(null);
});
byId("clip").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", () => {
  const [file] = byId("file").files;
  byId("file").value = ""; // the same file may be chosen again
  if (!file) return;
  if (file.size > LARGEST_FILE) handlers.refuse("文件超过 20 MB，机器人收不了");
  else setAim("file", aim?.kind === "reply" ? aim.message : null, file);
});
start.addEventListener("click", () => handlers.say("/start", null));
