// The bar at the bottom: the input, what it replies to or edits, and the command menu.

import { make } from "./format.js";
import { snippet } from "./message.js";

const byId = (id) => document.getElementById(id);
const [bar, input, send, menu, list, about, start] =
  ["bar", "input", "send", "menu", "commands", "about", "start"].map(byId);
const REPLY = "M10 6l-6 6 6 6M4 12h9a7 7 0 0 1 7 6";
const EDIT = "M5 19l1-4L16 5l3 3L9 18z";

let commands = [];
let aim = null; // { kind: "reply" | "edit", message }
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

export function setAim(kind, message) {
  aim = kind ? { kind, message } : null;
  about.hidden = !aim;
  if (!aim) return;
  byId("about-icon").setAttribute("d", kind === "edit" ? EDIT : REPLY);
  byId("about-title").textContent = kind === "edit" ? "编辑消息" : `回复 ${message.from.first_name}`;
  byId("about-snippet").textContent = snippet(message);
  if (kind === "edit") setText(message.text);
  input.focus();
}

export function setText(text) {
  input.value = text;
  grow();
  input.setSelectionRange(text.length, text.length);
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
  send.disabled = !input.value.trim();
  bar.classList.toggle("writing", Boolean(input.value.trim()));
}

function submit() {
  const text = input.value.trim();
  if (!text) return;
  const { kind, message } = aim ?? {};
  setText("");
  setAim(null);
  closeMenu();
  if (kind === "edit") handlers.edit(message, text);
  else handlers.say(text, message ?? null);
}

bar.addEventListener("submit", (event) => { event.preventDefault(); submit(); input.focus(); });
input.addEventListener("input", () => {
  grow();
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
  }
});
menu.addEventListener("click", () => (list.hidden ? openMenu(commands, false) : closeMenu()));
byId("about-cancel").addEventListener("click", () => {
  if (aim?.kind === "edit") setText("");
  setAim(null);
});
start.addEventListener("click", () => handlers.say("/start", null));
