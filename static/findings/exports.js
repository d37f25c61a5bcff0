/** The page of exports: how many rows there will be. */
import { getText } from "../missions/jobs.js";

const form = document.querySelector("#export");

let asked = 0;

async function count() {
  const number = ++asked;
  const chosen = new FormData(form);
  chosen.delete("csrf_token");
  try {
    const text = await getText(`${form.dataset.count}?${new URLSearchParams(chosen)}`);
    if (number === asked) document.querySelector("#size").textContent = JSON.parse(text).text;
  } catch {
    if (number === asked) document.querySelector("#size").textContent = "";
  }
}

form?.addEventListener("change", count);
