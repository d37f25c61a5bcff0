/** Polling stations: looked up while a code or a name is written, a few of however many. */

const WAIT_MS = 250;
const LEAST_LETTERS = 2;
const LIST_ID = "stations-found";

/**
 * Suggest stations beside every input that asks for one; where none are found, as without a
 * network, the code is written.
 *
 * @param {HTMLFormElement} form
 * @param {(text: string) => Promise<object[]|null>} find gives stations with code, name, centre_name
 */
export function startPlaces(form, find) {
  const list = document.createElement("datalist");
  list.id = LIST_ID;
  form.append(list);
  const labels = new Map();
  let waiting = 0;

  async function suggest(input) {
    const text = input.value.trim();
    if (text.length < LEAST_LETTERS || labels.has(text)) return;
    const found = await find(text).catch(() => null);
    // Something else was written meanwhile.
    if (!found || !form.isConnected || text !== input.value.trim()) return;
    for (const station of found) labels.set(station.code, labelOf(station));
    list.replaceChildren(...found.map(optionFor));
    showName(input);
  }

  function showName(input) {
    const shown = input.closest("[data-field], [data-other-place]").querySelector("output");
    shown.textContent = labels.get(input.value.trim()) ?? "";
  }

  form.addEventListener("focusin", ({ target }) => {
    // Rows of a repeat come later, so each input is joined to the list when it is first used.
    if (target.matches("[data-place-code]")) target.setAttribute("list", LIST_ID);
  });
  form.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-place-code]")) return;
    showName(target);
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(target), WAIT_MS);
  });
}

const labelOf = ({ name, centre_name: centre }) => [name, centre].filter(Boolean).join(" · ");

function optionFor(station) {
  const option = document.createElement("option");
  option.value = station.code;
  option.textContent = `${station.code} · ${labelOf(station)}`;
  return option;
}
