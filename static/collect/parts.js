/** The words and the parts of pages that the server wrote in the reader's language. */

/** A text with what stands in braces in it replaced by values of these names. */
export const withValues = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** A text of a form in a language, else in the one that comes first. */
export const inLanguage = (texts, language) => texts[language] ?? Object.values(texts)[0] ?? "";

export class Parts {
  constructor({ language, html }) {
    this.language = language;
    const page = new DOMParser().parseFromString(html, "text/html");
    this.texts = JSON.parse(page.querySelector("[data-texts]").textContent);
    this.templates = new Map(
      [...page.querySelectorAll("template[data-part]")].map((one) => [one.dataset.part, one]),
    );
  }

  /** A fresh copy of a part. */
  part(name) {
    return document.importNode(this.templates.get(name).content, true);
  }

  /** A sentence, with these values in it. */
  say(name, values = {}) {
    return withValues(this.texts[name], values);
  }
}

/** An element with attributes and children, which may be texts. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A button that does something. */
export function button(words, act, look = "btn-outline-secondary") {
  const made = make("button", { type: "button", class: `btn ${look}` }, words);
  made.addEventListener("click", act);
  return made;
}

/** A row of a list that leads somewhere: words at its start, and how things stand at its end. */
export const rowLink = (href, words, end) =>
  make("a", { class: "form-row", href }, make("span", {}, words), end);
