// The list of messages of the tab on show: order, days, groups of bubbles, scrolling and what is unread.

import { make, settle } from "./format.js";
import { bubble, dayOf, snippet } from "./message.js";

const TOGETHER_SECONDS = 300;
const NEAR_BOTTOM = 60;

const log = document.getElementById("log");
const down = document.getElementById("down");
const badge = document.getElementById("unread");

let tab = null;
let unread = 0;
let following = true; // stays with the newest message, until the reader scrolls up
let lastTop = 0;

export function show(shown) {
  tab = shown;
  log.replaceChildren();
  let before = null;
  for (const message of tab.messages.values()) {
    if (tab.firstUnread === message.message_id) log.append(make("div", "divider", "未读消息"));
    append(message, before);
    before = message;
  }
  delete tab.firstUnread;
  settle(log);
  toBottom("instant");
}

export function add(message) {
  const last = log.querySelector(".row:last-of-type");
  append(message, last ? tab.messages.get(Number(last.dataset.id)) : null);
  settle(log.lastElementChild);
  log.lastElementChild.classList.add("fresh");
  if (following || isMine(message)) toBottom("smooth");
  else count(unread + 1);
}

export function replace(message) {
  const old = row(message.message_id);
  if (!old) return;
  const fresh = draw(message);
  fresh.classList.toggle("first", old.classList.contains("first"));
  fresh.classList.toggle("last", old.classList.contains("last"));
  old.replaceWith(fresh);
  settle(fresh);
  if (following) toBottom("instant");
}

export function remove(id) {
  row(id)?.remove();
}

export function reveal(id) {
  const target = row(id);
  if (!target) return false;
  target.scrollIntoView({ block: "center", behavior: calm() ? "instant" : "smooth" });
  target.classList.remove("flash");
  void target.offsetWidth; // starts the animation anew
  target.classList.add("flash");
  return true;
}

export function row(id) {
  return log.querySelector(`.row[data-id="${Number(id)}"]`);
}

export function toBottom(behavior) {
  following = true;
  log.scrollTo({ top: log.scrollHeight, behavior: calm() ? "instant" : behavior });
  count(0);
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function isMine(message) {
  return message.from.id === tab.user.id;
}

function draw(message) {
  const named = tab.chat.type !== "private" && !isMine(message);
  const read = message.message_id <= tab.read || tab.chat.type !== "private";
  return bubble(message, { mine: isMine(message), named, read, topics: tab.chat.topics, album: albumOf(message) });
}

// The messages of one album are one bubble, the first one's.
function albumOf(message) {
  const { media_group_id: id } = message;
  return id ? [...tab.messages.values()].filter((other) => other.media_group_id === id) : [message];
}

function append(message, before) {
  const [first] = albumOf(message);
  if (first !== message) return replace(first);
  const day = dayOf(message);
  if (!before || dayOf(before) !== day) log.append(make("div", "day", day));
  if (message.forum_topic_created) return log.append(make("div", "day", snippet(message)));
  const node = draw(message);
  const together = before && before.from.id === message.from.id && message.date - before.date < TOGETHER_SECONDS && dayOf(before) === day;
  node.classList.add("last");
  if (together) log.querySelector(".row:last-of-type")?.classList.remove("last");
  else node.classList.add("first");
  log.append(node);
}

function atBottom() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM;
}

function count(number) {
  unread = number;
  badge.textContent = number;
  badge.hidden = !number;
  down.hidden = following;
}

log.addEventListener("scroll", () => {
  if (atBottom()) following = true;
  else if (log.scrollTop < lastTop) following = false;
  lastTop = log.scrollTop;
  count(following ? 0 : unread);
}, { passive: true });
down.addEventListener("click", () => toBottom("smooth"));
new ResizeObserver(() => { if (following) toBottom("instant"); }).observe(log);
