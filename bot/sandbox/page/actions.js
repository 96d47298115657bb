// The menu at a message: what can be done with it, a line each.

import { make } from "./format.js";

const menu = document.getElementById("actions");

export function openMenu(offers, x, y) {
  menu.replaceChildren(...offers.map(([label, act]) => {
    const item = make("button", "", label);
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.addEventListener("click", () => { closeMenu(); act(x, y); });
    return make("li", "", item);
  }));
  menu.hidden = false;
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  menu.querySelector("button").focus({ preventScroll: true });
}

export function closeMenu() {
  menu.hidden = true;
}

export function isOpen() {
  return !menu.hidden;
}
