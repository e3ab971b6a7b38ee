// The map: land, hot spots, candidates in clusters, the tracks of the one that is open.
"use strict";

const CELL_PX = 44; // candidates of one such square are one cluster

let map = null;
let marks = null;
let openTracks = null;

// Rings of the land from its TopoJSON: arcs of whole numbers, each a difference from the last.
function landRings() {
  const topology = JSON.parse(byId("land").textContent);
  const {scale: [sx, sy], translate: [tx, ty]} = topology.transform;
  const arcs = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [y * sy + ty, x * sx + tx];
    });
  });
  const ring = (indices) =>
    indices.flatMap((i, k) => {
      const arc = i < 0 ? [...arcs[~i]].reverse() : arcs[i];
      return k ? arc.slice(1) : arc;
    });
  const polygons = topology.objects.land.geometries.flatMap((g) => (g.type === "Polygon" ? [g.arcs] : g.arcs));
  return polygons.flatMap((polygon) => copies(polygon.map((indices) => unbroken(ring(indices)))));
}

// A ring whose longitude goes on past 180 where it crosses the antimeridian; one that goes round
// the world is closed over its pole.
function unbroken(ring) {
  let by = 0;
  const out = ring.map(([lat, lon], i) => {
    const step = i ? lon - ring[i - 1][1] : 0;
    if (Math.abs(step) > 180) by -= 360 * Math.sign(step);
    return [lat, lon + by];
  });
  if (by) {
    const pole = 90 * Math.sign(out[0][0]);
    out.push([pole, out[out.length - 1][1]], [pole, out[0][1]]);
  }
  return out;
}

// What reaches past 180 is drawn on the other side too.
function copies(rings) {
  const lons = rings.flat().map((p) => p[1]);
  const by = Math.max(...lons) > 180 ? -360 : Math.min(...lons) < -180 ? 360 : 0;
  return by ? [rings, rings.map((ring) => ring.map(([lat, lon]) => [lat, lon + by]))] : [rings];
}

function makeMap() {
  map = L.map("map", {preferCanvas: true, worldCopyJump: true, attributionControl: false, zoomAnimation: false, fadeAnimation: false, minZoom: 1, maxZoom: 17});
  L.polygon(landRings(), {stroke: true, weight: 0.6, color: "#8d8d82", fillColor: "#e8e5d8", fillOpacity: 1, interactive: false}).addTo(map);
  for (const zone of DATA.zones) {
    const area = L.polygon(zone.rings, {color: "#54278f", weight: 1, fillColor: "#756bb1", fillOpacity: 0.2});
    area.bindTooltip(() => el("span", {text: `${zone.name}: ${zone.candidates} candidates`}));
    area.addTo(map);
  }
  marks = L.layerGroup().addTo(map);
  openTracks = L.layerGroup().addTo(map);
  L.control.scale({imperial: false}).addTo(map);
  map.on("zoomend", drawMarks);
  fitMap(CANDIDATES);
}

function fitMap(list) {
  if (list.length) map.fitBounds(L.latLngBounds(list.map((c) => [c.lat, c.lon])).pad(0.1), {maxZoom: 10});
  else map.setView([20, 0], 2);
}

// The open candidate's tracks.
function zoomTo(c) {
  const {a, b} = tracksOf(c);
  const places = [a, b].filter(Boolean).flatMap((track) => track.lat.map((lat, i) => [lat, track.lon[i]]));
  map.fitBounds(L.latLngBounds([[c.lat, c.lon], ...places]).pad(0.1), {maxZoom: 15});
}

// Candidates that lie in one square of the screen, best first.
function clusters(list) {
  const cells = new Map();
  for (const c of list) {
    const p = map.project([c.lat, c.lon], map.getZoom());
    const cell = `${Math.floor(p.x / CELL_PX)}:${Math.floor(p.y / CELL_PX)}`;
    if (!cells.has(cell)) cells.set(cell, []);
    cells.get(cell).push(c);
  }
  return [...cells.values()];
}

function drawMarks() {
  marks.clearLayers();
  // However the list is sorted: the best gives its colour and place, and lies on top.
  const rank = (c) => (known(c.score) ? c.score : -1);
  const bestFirst = [...shown()].sort((p, q) => rank(q) - rank(p));
  for (const members of clusters(bestFirst).reverse()) {
    const [best] = members;
    const alone = members.length === 1;
    const lat = members.reduce((s, c) => s + c.lat, 0) / members.length;
    const mark = L.circleMarker([alone ? best.lat : lat, best.lon], {
      radius: alone ? 6 : 9 + 3 * Math.log10(members.length),
      color: "#fff",
      weight: 1.5,
      fillColor: scoreColour(best.score),
      fillOpacity: 0.9,
    });
    mark.bindTooltip(() => el("span", {text: alone ? pairName(best) : `${members.length} candidates`}));
    mark.on("click", () => (alone || map.getZoom() >= map.getMaxZoom() ? open(best) : zoomInto(members)));
    marks.addLayer(mark);
    if (!alone) marks.addLayer(countMark(lat, best.lon, members.length));
  }
}

function countMark(lat, lon, count) {
  const icon = L.divIcon({className: "count", html: el("span", {text: count}), iconSize: [30, 14]});
  return L.marker([lat, lon], {icon, interactive: false, keyboard: false});
}

function zoomInto(members) {
  const bounds = L.latLngBounds(members.map((c) => [c.lat, c.lon]));
  map.fitBounds(bounds.pad(0.2), {maxZoom: Math.min(map.getMaxZoom(), map.getZoom() + 4)});
}

function drawTracks(c) {
  openTracks.clearLayers();
  const {a, b} = tracksOf(c);
  for (const [track, colour] of [[a, "#005ab5"], [b, "#dc3220"]]) {
    if (track) openTracks.addLayer(L.polyline(track.lat.map((lat, i) => [lat, track.lon[i]]), {color: colour, weight: 2, interactive: false}));
  }
  openTracks.addLayer(L.circleMarker([c.lat, c.lon], {radius: 11, color: "#111", weight: 2, fill: false, interactive: false}));
}
