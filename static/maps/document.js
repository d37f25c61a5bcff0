/* What a map says when a region, a centre or an incident is pointed at. Texts that people wrote
   become text nodes, never HTML. */
"use strict";

const observerMap = (() => {
  const CHARACTER_PX = 7;
  const ROOM = 0.75;
  const words = () => document.body.dataset;

  function told(lines) {
    const box = document.createElement("div");
    lines.forEach((line, position) => {
      const part = document.createElement(position === 0 ? "strong" : "div");
      part.textContent = line;
      box.append(part);
    });
    return box;
  }

  /* The figure itself on its region, wherever it is not wider than the region. */
  function label(layer, { text, at }) {
    const map = layer._map;
    const span = document.createElement("span");
    span.textContent = text;
    L.marker(at, {
      icon: L.divIcon({ html: span, className: "figure", iconSize: [0, 0] }),
      interactive: false,
      keyboard: false,
    }).addTo(map);
    const fit = () => {
      const bounds = layer.getBounds();
      const west = map.latLngToLayerPoint(bounds.getSouthWest()).x;
      const east = map.latLngToLayerPoint(bounds.getNorthEast()).x;
      span.hidden = span.textContent.length * CHARACTER_PX > (east - west) * ROOM;
    };
    map.on("zoomend", fit);
    fit();
  }

  /* A region with others in it leads to their map, by mouse and by key. */
  function leadTo(layer, href, name) {
    const go = () => window.top.location.assign(href);
    const path = layer.getElement();
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "link");
    path.setAttribute("aria-label", name);
    path.addEventListener("keydown", (event) => {
      if (event.key === "Enter") go();
    });
    path.addEventListener("focus", () => layer.openTooltip());
    path.addEventListener("blur", () => layer.closeTooltip());
    layer.on("click", go);
  }

  function region(feature, layer) {
    const { lines, label: text, href } = feature.properties;
    layer.bindTooltip(told(lines), { sticky: true });
    layer.once("add", () => {
      if (text) label(layer, text);
      if (href) leadTo(layer, href, lines.join(", "));
    });
  }

  function incident(feature, layer) {
    const { lines, href } = feature.properties;
    layer.bindTooltip(told(lines), { className: "told-long" });
    if (!href) return;
    const box = told(lines);
    const link = document.createElement("a");
    link.href = href;
    link.target = "_top";
    link.textContent = words().open;
    box.append(link);
    layer.bindPopup(box);
  }

  function centre([lat, lon, name, isObserved]) {
    const marker = L.circleMarker([lat, lon], {
      radius: 5,
      weight: 1.5,
      color: "#1d2b33",
      fillColor: isObserved ? "#1d2b33" : "#ffffff",
      fillOpacity: 1,
    });
    return marker.bindTooltip(() =>
      told([name, isObserved ? words().observed : words().unobserved]),
    );
  }

  function cluster(group) {
    const count = group.getChildCount();
    const label = document.createElement("span");
    label.textContent = count;
    const size = count < 10 ? 24 : count < 100 ? 30 : 38;
    return L.divIcon({ html: label, className: "centres", iconSize: [size, size] });
  }

  return { region, incident, centre, cluster };
})();
