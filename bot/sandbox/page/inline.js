// Inline mode: what `@bot some text` finds, in a panel above the input; more comes as it is scrolled.

import { make } from "./format.js";

const PAUSE_MILLISECONDS = 300; // after the last key
const NEAR_END = 80;

const panel = document.getElementById("results");

let handlers = {};
let pattern = null;
let timer = 0;
let latest = 0; // an answer to an earlier text than the latest is dropped
let next = null; // what the next page is asked with, null where there is none

export function connect(given) {
  handlers = given;
}

export function setBot(username) {
  pattern = new RegExp(`^@${username}\\s([\\s\\S]*)$`, "i");
}

export function typed(text) {
  const query = pattern?.exec(text)?.[1];
  clearTimeout(timer);
  latest += 1;
  if (query === undefined) return close();
  timer = setTimeout(() => load(query.trim(), ""), PAUSE_MILLISECONDS);
}

export function close() {
  clearTimeout(timer);
  latest += 1;
  next = null;
  panel.hidden = true;
}

async function load(query, offset) {
  const mine = latest;
  next = null;
  const found = await handlers.ask(query, offset);
  if (mine !== latest) return;
  const answer = found?.answer;
  if (!offset) panel.replaceChildren();
  if (answer) {
    if (!offset && answer.button) panel.append(over(answer.button));
    panel.append(...answer.results.map((result) => row(result, found.query_id)));
    if (answer.next_offset && answer.results.length) next = { query, offset: answer.next_offset };
  }
  panel.hidden = !panel.children.length;
  if (!offset) panel.scrollTop = 0;
  more();
}

function more() {
  if (next && panel.scrollHeight - panel.scrollTop - panel.clientHeight < NEAR_END) load(next.query, next.offset);
}

function row(result, queryId) {
  const words = make("span", "result-text", make("b", "", result.title ?? ""));
  if (result.description) words.append(make("span", "", result.description));
  const mark = result.photo_file_id ? thumbnail(result) : make("span", "result-mark", [...result.title][0]);
  return item(make("button", "result", mark, words), () => handlers.choose(queryId, result.id));
}

function thumbnail(result) {
  const image = make("img", "result-mark");
  image.src = `/media/${encodeURIComponent(result.photo_file_id)}`;
  image.alt = "图片";
  return image;
}

function over(button) {
  const open = () => (button.start_parameter ? handlers.start(button.start_parameter) : handlers.unsupported());
  return item(make("button", "result-button", button.text), open);
}

function item(button, act) {
  button.type = "button";
  button.addEventListener("click", () => { close(); act(); });
  return make("li", "", button);
}

panel.addEventListener("scroll", more, { passive: true });
