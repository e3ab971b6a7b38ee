// Both ships from above, to scale: their tracks, and their hulls at one time.
"use strict";

const SCENE = {width: 560, height: 420};
const NICE = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];

// The scene; `show(t, wide)` draws it at a time, around the hulls or around the whole tracks. With
// a title that stands below it, in place of what there is to note of the time.
function scene(c, title = null) {
  const {a, b} = tracksOf(c);
  const drawing = svg("svg", {viewBox: `0 0 ${SCENE.width} ${SCENE.height}`, class: "scene", role: "img", "aria-label": "Both ships from above"});
  const note = el("p", {class: "note"});
  const hulls = {a: hullOf(c.ships.a), b: hullOf(c.ships.b)};
  const show = (t, wide) => {
    const states = {a: stateAt(a, t), b: stateAt(b, t)};
    const view = wide ? around(everyPlace(a, b)) : around(placesNow(states, hulls), 1.25);
    drawing.replaceChildren();
    for (const [side, track] of [["a", a], ["b", b]]) if (track) drawing.append(trackLine(track, side, view));
    for (const side of ["a", "b"]) if (states[side]) drawing.append(hullShape(states[side], hulls[side], side, view));
    drawing.append(...scaleBar(view), ...northArrow());
    note.textContent = title || notes(c, states, hulls, t);
  };
  return {node: el("div", {}, drawing, note), show};
}

function everyPlace(a, b) {
  return [a, b].filter(Boolean).flatMap((track) => track.t.map((_, i) => [track.x[i], track.y[i]]));
}

function placesNow(states, hulls) {
  const places = [];
  for (const side of ["a", "b"]) {
    const state = states[side];
    if (!state) continue;
    const reach = hulls[side] ? Math.max(hulls[side].bow, hulls[side].stern) : 100;
    places.push([state.x - reach, state.y - reach], [state.x + reach, state.y + reach]);
  }
  return places.length ? places : [[-500, -500], [500, 500]];
}

// From metres to the drawing, the same scale both ways, north up.
function around(places, room = 1.1) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of places) {
    [west, east] = [Math.min(west, x), Math.max(east, x)];
    [south, north] = [Math.min(south, y), Math.max(north, y)];
  }
  const metres = room * Math.max((east - west) / SCENE.width, (north - south) / SCENE.height, 0.1);
  const [x0, y0] = [(west + east) / 2, (south + north) / 2];
  const at = ([x, y]) => [SCENE.width / 2 + (x - x0) / metres, SCENE.height / 2 - (y - y0) / metres];
  return {at, metres};
}

function trackLine(track, side, view) {
  const d = track.t.map((_, i) => {
    const [x, y] = view.at([track.x[i], track.y[i]]);
    return `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return svg("path", {d: d.join(""), class: `track side-${side}`});
}

// A hull at true size and heading; a circle where either is unknown; dashed while silent.
function hullShape(state, hull, side, view) {
  const kind = `hull side-${side}${state.silent ? " silent" : ""}${hull && hull.guess ? " guess" : ""}`;
  const [x, y] = view.at([state.x, state.y]);
  const antenna = svg("circle", {cx: x, cy: y, r: 2.5, class: `antenna side-${side}`});
  if (!hull || !known(state.heading)) {
    const radius = hull ? (hull.bow + hull.stern) / 2 / view.metres : 6;
    return svg("g", {}, svg("circle", {cx: x, cy: y, r: Math.max(radius, 4), class: `${kind} guess`}), antenna);
  }
  const points = placed(outline(hull), state).map((p) => view.at(p).map((v) => v.toFixed(1)).join(","));
  return svg("g", {}, svg("polygon", {points: points.join(" "), class: kind}), antenna);
}

function scaleBar(view) {
  const length = NICE.filter((m) => m / view.metres <= SCENE.width / 3).pop() || NICE[0];
  const [x, y] = [14, SCENE.height - 14];
  const text = svg("text", {x, y: y - 6, class: "axis"});
  text.textContent = length >= 1000 ? `${length / 1000} km` : `${length} m`;
  return [svg("line", {x1: x, x2: x + length / view.metres, y1: y, y2: y, class: "bar"}), text];
}

function northArrow() {
  const x = SCENE.width - 18;
  const text = svg("text", {x, y: 40, class: "axis", "text-anchor": "middle"});
  text.textContent = "N";
  return [svg("path", {d: `M${x} 10L${x - 5} 26L${x} 22L${x + 5} 26Z`, class: "north"}), text];
}

function notes(c, states, hulls, t) {
  const said = [`${moment(t)} UTC`];
  for (const side of ["a", "b"]) {
    if (!c.tracks[side]) continue;
    const name = shipName(c, side);
    if (!states[side]) said.push(`${name}: no fixes`);
    else if (states[side].silent) said.push(`${name}: silent, place interpolated`);
    if (!hulls[side]) said.push(`${name}: size unknown`);
    else if (hulls[side].guess) said.push(`${name}: antenna taken to be amidships`);
    if (states[side] && !known(states[side].heading)) said.push(`${name}: heading unknown`);
  }
  return said.join(". ") + ".";
}
