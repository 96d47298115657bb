// What is shown over the chat: a passing line, an alert, a picture at full size.

const TOAST_MILLISECONDS = 3500;
const byId = (id) => document.getElementById(id);

let timer = 0;

export function toast(text) {
  const node = byId("toast");
  node.textContent = text;
  node.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { node.hidden = true; }, TOAST_MILLISECONDS);
}

export function alert(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

export function enlarge(image) {
  byId("lightbox-image").src = image.src;
  byId("lightbox-image").alt = image.alt;
  byId("lightbox").showModal();
}

export async function copy(text) {
  await navigator.clipboard.writeText(text).then(() => toast("已复制"), () => toast("浏览器不让复制"));
}

export const unsupported = () => toast("这里不能用这个按钮");

// Returns what the action returns, null where it fails and that is shown.
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(`没有成功：${error.message}`);
    return null;
  }
}
