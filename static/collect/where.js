/** The first step of a form: the place it is filled for. */

const OTHER = "?";

export class Where {
  /**
   * @param {HTMLElement} part the question on the page
   * @param {object[]} places those offered, as the API gives them
   * @param {string} kind of places that the form is for: "station", "centre" or "any"
   * @param {string} chosen the code of the place; empty where none is chosen yet
   */
  constructor(part, places, kind, chosen) {
    this.part = part;
    this.list = part.querySelector("select");
    this.code = part.querySelector("[data-place-code]");
    this.error = part.querySelector(".problem");
    const offered = places.filter((place) => kind === "any" || place.kind === kind);
    this.list.lastElementChild.before(...groups(offered));
    const isOffered = offered.some((place) => place.code === chosen);
    this.list.value = isOffered || !chosen ? chosen : OTHER;
    this.code.value = isOffered ? "" : chosen;
    this.draw();
  }

  /** The code of the place, empty where there is none. */
  get place() {
    return this.list.value === OTHER ? this.code.value.trim() : this.list.value;
  }

  /** The place as a person reads it. */
  get words() {
    return this.list.value === OTHER ? this.place : this.list.selectedOptions[0].textContent;
  }

  get isMissing() {
    return "needed" in this.part.dataset && !this.place;
  }

  draw() {
    this.part.querySelector("[data-other-place]").hidden = this.list.value !== OTHER;
    if (this.place) this.tell("");
  }

  tell(message) {
    this.error.textContent = message;
    this.error.hidden = !message;
  }
}

function groups(places) {
  const byCentre = new Map();
  for (const place of places) {
    const name = place.centre_name || place.name;
    if (!byCentre.has(name)) byCentre.set(name, []);
    byCentre.get(name).push(place);
  }
  return [...byCentre].map(([name, inside]) => {
    const group = document.createElement("optgroup");
    group.label = name;
    group.append(...inside.map(({ name, code }) => new Option(`${name} · ${code}`, code)));
    return group;
  });
}
