// One message as a bubble: its head, reply, media, text, time, ticks and keyboard.

import { formatted, make } from "./format.js";

const COLOURS = 5;
const NAMELESS = "文件";
const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*\s*){1,3}$/u;
const ICONS = { url: "M8 16L16 8M9.5 8H16v6.5", copy_text: "M9 9h8v9H9zM7 15V6h8" };

const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

export function timeOf(message) {
  return clock.format(message.date * 1000);
}

export function dayOf(message) {
  const day = new Date(message.date * 1000);
  const today = new Date();
  const days = Math.round((new Date(today).setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 864e5);
  if (days < 2) return ["今天", "昨天"][days];
  const date = `${day.getMonth() + 1}月${day.getDate()}日`;
  return day.getFullYear() === today.getFullYear() ? date : `${day.getFullYear()}年${date}`;
}

// `mine` is a message of the person in this tab; `named` shows the sender's name, as groups do; `topics` names
// a forum's topics; `album` is all of the album that the message begins.
export function bubble(message, { mine, named, read, topics = {}, album = [message] }) {
  const row = make("article", `row ${mine ? "out" : "in"}`);
  row.dataset.id = message.message_id;
  row.dataset.sender = message.from.id;
  row.tabIndex = -1;
  const body = make("div", "bubble");
  const large = message.text && !message.entities && !message.reply_to_message && EMOJI_ONLY.test(message.text);
  if (large) row.classList.add("large");
  if (message.is_topic_message) body.append(make("div", "topic", topics[message.message_thread_id] ?? "话题"));
  if (named) body.append(make("div", `name colour-${message.from.id % COLOURS}`, senderOf(message)));
  if (message.via_bot) body.append(via(message.via_bot));
  if (message.forward_origin) body.append(make("div", "forwarded", "转发自 ", make("b", "", originOf(message))));
  if (message.reply_to_message && !message.reply_to_message.forum_topic_created) body.append(replied(message));
  if (message.photo) body.append(album.length > 1 ? make("div", "album", ...album.map(photo)) : photo(message));
  if (message.document) body.append(...album.map((item) => file(item.document)));
  const text = message.text ?? message.caption;
  const words = make("div", "text");
  if (text) words.append(formatted(text, message.entities ?? message.caption_entities));
  else row.classList.add("wordless");
  words.append(meta(message, mine, read));
  body.append(words);
  row.append(body);
  const rows = message.reply_markup?.inline_keyboard;
  if (rows) row.append(keyboard(rows));
  return row;
}

function senderOf(message) {
  return message.sender_chat?.title ?? message.from.first_name;
}

function originOf({ forward_origin: origin }) {
  return origin.sender_user?.first_name ?? origin.sender_user_name ?? origin.sender_chat?.title ?? "";
}

function via({ username }) {
  const node = make("button", "via", "通过 ", make("b", "", `@${username}`));
  node.type = "button";
  node.dataset.write = `@${username} `;
  return node;
}

function meta(message, mine, read) {
  const node = make("span", "meta");
  if (message.edit_date) node.append(make("span", "edited", "已编辑"));
  node.append(make("time", "", timeOf(message)));
  if (mine) node.append(ticks(read));
  return node;
}

export function ticks(read) {
  const node = icon(read ? "M1.5 8.5l3.5 3.5L12.5 4M8 11l1.5 1L17 4" : "M3.5 8.5l3.5 3.5L14.5 4", "0 0 18 16");
  node.classList.add("ticks");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", read ? "已读" : "已发送");
  return node;
}

export function icon(path, viewBox = "0 0 24 24") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// A short line that stands for a message: in a reply, above the input.
export function snippet(message) {
  const text = message.text ?? message.caption;
  if (text) return text.replace(/\s+/g, " ");
  if (message.forum_topic_created) return `话题「${message.forum_topic_created.name}」`;
  return message.photo ? "图片" : message.document?.file_name ?? (message.document ? NAMELESS : "消息");
}

function replied(message) {
  const target = message.reply_to_message;
  const quoted = message.quote?.text.replace(/\s+/g, " ");
  const node = make("button", `reply colour-${target.from.id % COLOURS}${quoted ? " quoted" : ""}`);
  node.type = "button";
  node.dataset.target = target.message_id;
  node.setAttribute("aria-label", `回复 ${target.from.first_name}：${quoted ?? snippet(target)}`);
  node.append(make("b", "", target.from.first_name), make("span", "", quoted ?? snippet(target)));
  return node;
}

function photo(message) {
  const size = message.photo.at(-1);
  const image = make("img", "photo");
  image.src = `/media/${encodeURIComponent(size.file_id)}`;
  image.alt = message.caption ?? "图片";
  image.width = size.width;
  image.height = size.height;
  image.tabIndex = 0;
  return image;
}

function file(document_) {
  const link = make("a", "file");
  link.href = `/media/${encodeURIComponent(document_.file_id)}`;
  const name = document_.file_name ?? NAMELESS;
  link.download = name;
  const badge = make("span", "file-icon", icon("M12 4v12M7 11.5l5 5 5-5M6 20h12"));
  link.append(badge, make("span", "file-text", make("b", "", name), make("small", "", sizeOf(document_.file_size))));
  return link;
}

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function keyboard(rows) {
  const node = make("div", "keyboard");
  for (const buttons of rows) {
    const row = make("div", "keyboard-row");
    for (const button of buttons) row.append(key(button));
    node.append(row);
  }
  return node;
}

function key(button) {
  const label = make("span", "", button.text);
  if (button.url) {
    const link = make("a", "key", label, icon(ICONS.url));
    if (/^(https?|tg):/i.test(button.url)) link.href = button.url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  const node = make("button", "key", label);
  node.type = "button";
  const inlineHere = button.switch_inline_query_current_chat;
  const inlineThere = button.switch_inline_query ?? button.switch_inline_query_chosen_chat?.query;
  if (button.callback_data) node.dataset.press = button.callback_data;
  else if (button.copy_text) {
    node.dataset.copy = button.copy_text.text;
    node.append(icon(ICONS.copy_text));
  } else if (inlineHere !== undefined) node.dataset.inlineHere = inlineHere;
  else if (inlineThere !== undefined) node.dataset.inlineThere = inlineThere;
  else node.dataset.unsupported = "";
  return node;
}
