// Text with Telegram's entities as DOM nodes. Everything is set as text: nothing is ever parsed as HTML.

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  hashtag: "span", cashtag: "span", phone_number: "span", custom_emoji: "span",
};
const SAFE_LINK = /^(https?|tg|mailto):/i;
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);

// Offsets are UTF-16 code units, as JavaScript counts its strings.
export function formatted(text, entities = []) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span(text, sorted, 0, text.length);
}

function span(text, entities, from, to) {
  const fragment = document.createDocumentFragment();
  let at = from;
  let afterBlock = false;
  const plain = (end) => {
    let piece = text.slice(at, end);
    if (afterBlock && piece.startsWith("\n")) piece = piece.slice(1);
    if (piece) fragment.append(piece);
    at = end;
  };
  entities.forEach((entity, index) => {
    if (entity.offset < at || entity.offset >= to) return; // inside the one before, which holds it
    plain(entity.offset);
    const end = Math.min(entity.offset + entity.length, to);
    const inner = entities.slice(index + 1).filter((other) => other.offset < end);
    fragment.append(element(entity, span(text, inner, entity.offset, end), text.slice(entity.offset, end)));
    at = end;
    afterBlock = BLOCKS.has(entity.type);
  });
  plain(to);
  return fragment;
}

function element(entity, content, words) {
  switch (entity.type) {
    case "text_link": return link(entity.url, content);
    case "url": return link(/^[a-z]+:/i.test(words) ? words : `https://${words}`, content);
    case "email": return link(`mailto:${words}`, content);
    case "bot_command": return button("command", content, { command: words });
    case "mention": return make("span", "mention", content);
    case "spoiler": return spoiler(content);
    case "pre": return code(entity, content);
    case "blockquote": return make("blockquote", "quote", content);
    case "expandable_blockquote": return expandable(content);
    default: return make(TAGS[entity.type] ?? "span", entity.type, content);
  }
}

export function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}

function button(className, content, data) {
  const node = make("button", className, content);
  node.type = "button";
  Object.assign(node.dataset, data);
  return node;
}

function link(url, content) {
  if (!SAFE_LINK.test(url ?? "")) return make("span", "", content);
  const node = make("a", "", content);
  node.href = url;
  node.title = url;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

function spoiler(content) {
  const node = make("span", "spoiler", make("span", "", content));
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", "显示隐藏的文字");
  const show = () => {
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
  };
  node.addEventListener("click", (event) => { event.stopPropagation(); show(); }, { once: true });
  node.addEventListener("keydown", (event) => { if (event.key === "Enter") show(); });
  return node;
}

function code(entity, content) {
  const block = make("pre", "block", make("code", "", content));
  if (entity.language) block.dataset.language = entity.language;
  return block;
}

// Three lines and a fade until it is opened; `settle` takes the toggle off where three lines hold it all.
function expandable(content) {
  const body = make("div", "quote-body", content);
  const toggle = button("quote-toggle", "", {});
  toggle.setAttribute("aria-expanded", "false");
  toggle.setAttribute("aria-label", "展开引文");
  const quote = make("blockquote", "quote expandable", body, toggle);
  const turn = (event) => {
    if (quote.classList.contains("short") || event.target.closest("a, .spoiler, .command")) return;
    if (String(getSelection()) && event.target !== toggle) return;
    event.stopPropagation();
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.setAttribute("aria-label", open ? "收起引文" : "展开引文");
  };
  quote.addEventListener("click", turn);
  return quote;
}

// To be called once the nodes are on the page and have a height.
export function settle(root) {
  for (const quote of root.querySelectorAll(".quote.expandable")) {
    const body = quote.querySelector(".quote-body");
    if (!quote.classList.contains("open") && body.clientHeight) {
      quote.classList.toggle("short", body.scrollHeight <= body.clientHeight + 2);
    }
  }
}
