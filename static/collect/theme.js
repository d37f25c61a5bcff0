/** How the screen looks: as the phone is set, light, dark, or with strong contrast for the sun. */

const KEPT = "observer.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

export const chosenTheme = () => localStorage.getItem(KEPT) ?? "";

export function chooseTheme(theme) {
  localStorage.setItem(KEPT, theme);
  applyTheme();
}

export function applyTheme() {
  const theme = chosenTheme() || (dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme;
}

dark.addEventListener("change", applyTheme);
