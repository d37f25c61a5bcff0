/* The map as it was at each half hour of the voting day: everything needed came with the map. */
"use strict";

(() => {
  const EACH_MS = 700;
  const data = JSON.parse(document.querySelector("#day").textContent);
  const control = document.querySelector(".through");
  const [button, slider, output] = ["button", "input", "output"].map((name) =>
    control.querySelector(name),
  );
  const last = data.moments.length;

  function number(value) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, data.group);
  }

  function put(text, k, n) {
    return text.replace("{k}", number(k)).replace("{n}", number(n));
  }

  /* As the server rounds: a half to the even number, and nothing but none to 0, but all to 100. */
  function percentage(k, n) {
    const exact = (100 * k) / n;
    const below = Math.floor(exact);
    const isHalf = exact - below === 0.5;
    const rounded = isHalf ? below + (below % 2) : Math.round(exact);
    if (rounded === 0 && k > 0) return "< 1 %";
    if (rounded === 100 && k < n) return "> 99 %";
    return `${number(rounded)} %`;
  }

  function counted(k, n) {
    if (n === 0) return data.texts.none;
    const counts = put(data.texts.counts, k, n);
    return n < data.minBase ? counts : `${counts} (${percentage(k, n)})`;
  }

  /* A region's figure after a step. */
  function at(code, step) {
    const [total, added] = data.regions[code];
    const sum = { k: 0, n: 0, observed: 0, total };
    for (const [when, k, n, observed] of added) {
      if (when > step) break;
      sum.k += k;
      sum.n += n;
      sum.observed += observed;
    }
    return data.isCoverage ? { k: sum.observed, n: total, observed: sum.observed, total } : sum;
  }

  function fill({ k, n }) {
    if (n === 0 || (data.isCoverage && k === 0)) return data.none;
    if (!data.isCoverage && n < data.minBase) return data.few;
    const inside = data.classes.find(([upper]) => k / n < upper) ?? data.classes.at(-1);
    return inside[1];
  }

  function label({ k, n }) {
    if (n === 0 || (data.isCoverage && k === 0)) return "";
    return n < data.minBase ? put(data.texts.counts, k, n) : percentage(k, n);
  }

  function lines(name, figure, reports) {
    const places = put(data.texts.observed, figure.observed, figure.total);
    if (!data.isCoverage) return [name, counted(figure.k, figure.n), places, reports];
    const isMany = figure.total >= data.minBase;
    const share = isMany ? ` (${percentage(figure.observed, figure.total)})` : "";
    return [name, places + share, reports];
  }

  function show(step) {
    const { until, now } = data.texts;
    const text = step < last ? until.replace("{time}", data.moments[step]) : now;
    output.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    observerMap.showIncidents(step);
    for (const [code, { feature }] of observerMap.regions) {
      const figure = at(code, step);
      const said = feature.properties.lines;
      observerMap.show(code, {
        lines: lines(said[0], figure, said.at(-1)),
        text: label(figure),
        fill: fill(figure),
      });
    }
    tell(step < last ? text : "", step);
  }

  /* The page around the map has the figures as a table. */
  function tell(text, step) {
    if (window.parent === window) return;
    const figures = Object.keys(data.regions).map((code) => {
      const { k, n, observed, total } = at(code, step);
      return [
        code,
        {
          answer: [counted(k, n), n ? k / n : -1],
          places: [counted(observed, total), total ? observed / total : -1],
        },
      ];
    });
    const message = { text, figures: Object.fromEntries(figures) };
    window.parent.postMessage(message, window.location.origin);
  }

  let timer = 0;

  function pause() {
    clearInterval(timer);
    timer = 0;
    button.textContent = button.dataset.play;
  }

  function forward() {
    slider.valueAsNumber = slider.valueAsNumber === last ? 0 : slider.valueAsNumber + 1;
    show(slider.valueAsNumber);
    if (slider.valueAsNumber === last && timer) pause();
  }

  function play() {
    button.textContent = button.dataset.pause;
    timer = setInterval(forward, EACH_MS);
    forward();
  }

  if (!slider) return;
  slider.addEventListener("input", () => {
    if (timer) pause();
    show(slider.valueAsNumber);
  });
  // Whoever wants nothing to move by itself goes on step by step.
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    button.textContent = button.dataset.forward;
    button.addEventListener("click", forward);
  } else {
    button.addEventListener("click", () => (timer ? pause() : play()));
  }
  document.addEventListener("DOMContentLoaded", () => show(last));
})();
