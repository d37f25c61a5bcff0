/** What the page puts in by itself: calculated and first values, counted rows, offered choices. */
import { fieldNear } from "../checklists/logic.js";
import { toString } from "../checklists/values.js";
import { partOf } from "./answers.js";
import { showRank } from "./inputs.js";
import { countRows } from "./repeats.js";

/** Bring the page to what was settled; true where answers changed, so that it has to be anew. */
export function fillIn(form, settled, rowTitle) {
  let changed = false;
  for (const [field, offered] of settled.choices) {
    changed = offerChoices(partOf(form, field), offered) || changed;
  }
  for (const [field, count] of settled.counts) {
    changed = countRows(partOf(form, field), count, rowTitle) || changed;
  }
  for (const [field, value] of settled.first) {
    changed = putFirst(partOf(form, field), value) || changed;
  }
  for (const [field, { by, value }] of settled.triggered) {
    const near = by.map((name) => settled.values.get(fieldNear(field, name, settled.values)));
    changed = putTriggered(partOf(form, field), JSON.stringify(near), value) || changed;
  }
  for (const [field, value] of settled.calculated) {
    const part = partOf(form, field);
    if (part) put(part, toString(value));
    const shown = form.querySelector(`[data-shows="${CSS.escape(field)}"]`);
    if (shown) shown.textContent = toString(value);
  }
  return changed;
}

/**
 * Of choices with the same name, which a list may have under different answers, choose the one
 * that is offered.
 */
export function chooseOffered(part, offered) {
  const inputs = [...part.querySelectorAll(".choices > .choice input")];
  for (const input of inputs.filter(({ checked }, index) => checked && !offered[index])) {
    const twin = inputs.find(({ value }, index) => offered[index] && value === input.value);
    if (!twin) continue;
    input.checked = false;
    twin.checked = true;
  }
  const options = [...(part.querySelector("select")?.options ?? [])].slice(1);
  const at = options.findIndex((option) => option.selected);
  if (at < 0 || offered[at]) return;
  const twin = options.find(({ value }, index) => offered[index] && value === options[at].value);
  if (twin) twin.selected = true;
}

function offerChoices(part, offered) {
  let changed = false;
  const choices = part.querySelectorAll(".choices > .choice");
  choices.forEach((choice, index) => {
    const input = choice.querySelector("input");
    choice.hidden = !offered[index];
    if (choice.hidden && input.checked) {
      input.checked = false;
      changed = true;
    }
  });
  if (changed && part.dataset.type === "rank") showRank(part);
  const list = part.querySelector("select");
  [...(list?.options ?? [])].slice(1).forEach((option, index) => {
    option.hidden = !offered[index];
    option.disabled = option.hidden;
    if (option.hidden && option.selected) {
      list.value = "";
      changed = true;
    }
  });
  part.querySelector("[data-no-choice]")?.toggleAttribute("hidden", offered.some(Boolean));
  return changed;
}

/** From here on nothing is put in because the question comes up for the first time. */
export function markStarted(part) {
  if (part) part.dataset.started = "1";
}

function putFirst(part, value) {
  if (!part || part.dataset.started) return false;
  markStarted(part);
  const text = toString(value());
  return text !== "" && put(part, text);
}

/** Nothing is put in when the form opens: only when the trigger's answer changes. */
function putTriggered(part, seen, value) {
  if (!part || part.dataset.seen === seen) return false;
  const changed = part.dataset.seen !== undefined;
  part.dataset.seen = seen;
  return changed && put(part, toString(value()));
}

/** Put an answer, as expressions have it, into the inputs of a question. */
function put(part, text) {
  const inputs = [...part.querySelectorAll("input, select, textarea")];
  if (inputs.some((input) => ["radio", "checkbox"].includes(input.type))) {
    const words = text.split(" ");
    for (const input of inputs) input.checked = words.includes(input.value);
    return true;
  }
  const [input] = inputs;
  if (!input || input.type === "file") return false;
  const value = shownIn(part.dataset.type, text);
  if (input.value === value) return false;
  input.value = value;
  return true;
}

/** What an input shows of an answer that is written out. */
export function shownIn(type, text) {
  if (type === "date") return text.slice(0, 10);
  if (type === "dateTime") return text.length > 10 ? text.slice(0, 16) : text && `${text}T00:00`;
  if (type === "time") return text.includes("T") ? text.slice(11, 16) : text.slice(0, 5);
  return text;
}
