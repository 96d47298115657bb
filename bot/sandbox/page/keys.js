// What the bot asks to be answered with: keys in the place of typing, or a reply to its message.

import { make } from "./format.js";

const keys = document.getElementById("keys");

// The message whose wish still stands in the tab, and whether the person has said something since.
export function wish(tab) {
  let answered = false;
  for (const message of [...tab.messages.values()].reverse()) {
    if (message.from.id === tab.user.id) answered = true;
    if (message.reply_keyboard && meant(tab, message)) return { message, markup: message.reply_keyboard, answered };
  }
  return null;
}

// A selective one is for whom the bot replies to.
function meant(tab, { reply_keyboard: markup, reply_to_message: target }) {
  return !markup.selective || tab.chat.type === "private" || target?.from.id === tab.user.id;
}

export function draw(found) {
  const rows = found && !(found.markup.one_time_keyboard && found.answered) ? found.markup.keyboard : null;
  keys.replaceChildren(...(rows ?? []).map((row) => make("div", "keys-row", ...row.map(key))));
  keys.hidden = !rows?.length;
}

function key(button) {
  const node = make("button", "", make("span", "", button.text));
  node.type = "button";
  if (Object.keys(button).some((field) => field.startsWith("request_") || field === "web_app")) node.dataset.unsupported = "";
  else node.dataset.say = button.text;
  return node;
}
