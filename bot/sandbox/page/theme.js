// Light or dark: the system's, until one is chosen here.

const root = document.documentElement;
const button = document.getElementById("theme");

function show(theme) {
  if (theme) root.dataset.theme = theme;
}

button.addEventListener("click", () => {
  const chosen = root.dataset.theme;
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  localStorage.setItem("theme", dark ? "light" : "dark");
  show(localStorage.getItem("theme"));
});
show(localStorage.getItem("theme"));
