// Says that a version is being frozen, which takes a while, and keeps it from being asked for twice.

const form = document.querySelector("form.freeze");
const button = form.querySelector("[type=submit]");
const waiting = form.querySelector("[role=status]");

function show(isUnderWay) {
  button.disabled = isUnderWay;
  waiting.replaceChildren();
  if (!isUnderWay) return;
  const bar = document.createElement("progress");
  bar.ariaHidden = "true"; // The words beside it say the same.
  waiting.append(bar, waiting.dataset.said);
}

// A disabled button sends nothing; by now its form is being sent.
form.addEventListener("submit", () => setTimeout(() => show(true)));
// Whoever comes back to the page as it was left can freeze again.
addEventListener("pageshow", (event) => {
  if (event.persisted) show(false);
});
