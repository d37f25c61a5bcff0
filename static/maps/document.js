/* What a map says when a region, a centre or an incident is pointed at. Texts that people wrote
   become text nodes, never HTML. */
"use strict";

const observerMap = (() => {
  const CHARACTER_PX = 7;
  const ROOM = 0.75;
  const words = () => document.body.dataset;
  const regions = new Map();
  const incidents = [];
  let shownUntil = Infinity;

  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  function told(lines) {
    const box = document.createElement("div");
    lines.forEach((line, position) => box.append(element(position === 0 ? "strong" : "div", line)));
    return box;
  }

  function linkTo(href, text) {
    const link = element("a", text);
    link.href = href;
    link.target = "_top";
    return link;
  }

  /* The figure itself on its region, wherever it is not wider than the region. */
  function label(layer, text, at) {
    const map = layer._map;
    const span = document.createElement("span");
    L.marker(at, {
      icon: L.divIcon({ html: span, className: "figure", iconSize: [0, 0] }),
      interactive: false,
      keyboard: false,
    }).addTo(map);
    const fit = () => {
      const bounds = layer.getBounds();
      const west = map.latLngToLayerPoint(bounds.getSouthWest()).x;
      const east = map.latLngToLayerPoint(bounds.getNorthEast()).x;
      const length = span.textContent.length;
      span.hidden = length === 0 || length * CHARACTER_PX > (east - west) * ROOM;
    };
    const say = (said) => {
      span.textContent = said;
      fit();
    };
    map.on("zoomend", fit);
    say(text);
    return say;
  }

  /* A region with others in it leads to their map, by mouse and by key. */
  function leadTo(layer, href) {
    const go = () => window.top.location.assign(href);
    const path = layer.getElement();
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "link");
    path.addEventListener("keydown", (event) => {
      if (event.key === "Enter") go();
    });
    path.addEventListener("focus", () => layer.openTooltip(layer.getCenter()));
    path.addEventListener("blur", () => layer.closeTooltip());
    layer.on("click", go);
  }

  function region(feature, layer) {
    const { lines, label: text, at, href } = feature.properties;
    layer.bindTooltip(told(lines), { sticky: true });
    layer.on({
      mouseover: () => layer.setStyle({ weight: 3 }),
      mouseout: () => layer.setStyle({ weight: 1 }),
    });
    layer.once("add", () => {
      regions.set(feature.id, { layer, feature, say: label(layer, text, at) });
      layer.getElement().setAttribute("aria-label", lines.join(", "));
      if (href) leadTo(layer, href);
    });
  }

  function show(regionCode, { lines, text, fill }) {
    const { layer, say } = regions.get(regionCode);
    layer.setTooltipContent(told(lines));
    layer.setStyle({ fillColor: fill });
    layer.getElement().setAttribute("aria-label", lines.join(", "));
    say(text);
  }

  function incident(feature, marker) {
    const { lines, href, gravity, step } = feature.properties;
    const sign = document.querySelector(`.legend svg[data-gravity="${gravity}"]`).cloneNode(true);
    const size = Number(sign.getAttribute("width"));
    marker.setIcon(L.divIcon({ html: sign, className: "incident", iconSize: [size, size] }));
    marker.bindTooltip(told(lines), { className: "told-long" });
    const own = { marker, step };
    marker.on("add", () => {
      marker.getElement().setAttribute("aria-label", lines.join(", "));
      hideLater(own);
    });
    incidents.push(own);
    if (!href) return;
    const box = told(lines);
    box.append(linkTo(href, words().open));
    marker.bindPopup(box);
  }

  function hideLater({ marker, step }) {
    marker.getElement()?.classList.toggle("later", step > shownUntil);
  }

  /* The incidents that had been told of by a step. */
  function showIncidents(step) {
    shownUntil = step;
    incidents.forEach(hideLater);
  }

  function observed(k, n) {
    return words().observed.replace("{k}", k).replace("{n}", n);
  }

  /* The stations of a centre, fetched when it is opened; a map without a server tells none. */
  async function stations(code, box, popup) {
    const waiting = element("div", words().loading);
    box.append(waiting);
    const address = new URL(words().centre, document.baseURI);
    address.searchParams.set("code", code);
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(answer.statusText);
      const { stations: found, href, link } = await answer.json();
      const list = document.createElement("ul");
      for (const station of found) {
        const item = document.createElement("li");
        item.append(station.href ? linkTo(station.href, station.text) : station.text);
        list.append(item);
      }
      waiting.replaceWith(list, linkTo(href, link));
    } catch {
      waiting.textContent = words().failed;
    }
    popup.update();
  }

  function centre([lat, lon, name, code, k, n, isVisited]) {
    const fill = isVisited ? "#1d2b33" : "#ffffff";
    const style = { radius: 6, weight: 1.5, color: "#1d2b33", fillColor: fill, fillOpacity: 1 };
    const marker = L.circleMarker([lat, lon], style);
    const lines = [
      name,
      code,
      n ? observed(k, n) : isVisited ? words().visited : words().unvisited,
    ];
    marker.bindTooltip(() => told(lines));
    marker.on("add", () => {
      const path = marker.getElement();
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", lines.join(", "));
      path.addEventListener("keydown", (event) => {
        if (event.key === "Enter") marker.openPopup();
      });
    });
    marker.bindPopup(() => told(lines), { maxHeight: 260 });
    marker.on("popupopen", ({ popup }) => {
      const box = told(lines);
      marker.closeTooltip();
      popup.setContent(box);
      if (words().centre) stations(code, box, popup);
    });
    return marker;
  }

  function cluster(group) {
    const count = group.getChildCount();
    const size = count < 10 ? 24 : count < 100 ? 30 : 38;
    const html = element("span", count);
    return L.divIcon({ html, className: "centres", iconSize: [size, size] });
  }

  return { region, incident, centre, cluster, regions, show, showIncidents };
})();
