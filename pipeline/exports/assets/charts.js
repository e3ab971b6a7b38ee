// Small charts over one axis of time: event boxed, silences shaded, a line at the slider's time.
"use strict";

// As wide as a card's column, so that its text is of the page's size.
const CHART = {width: 420, height: 62, left: 42, right: 6, top: 5, bottom: 5};
const TICK_HOURS = [1, 2, 3, 6, 12, 24, 48, 96, 192];
const TICKS = 7; // at most; a label "06-11 18:00" takes a seventh of the width

function scale(from, to, low, high) {
  const span = to - from || 1;
  return (v) => low + ((v - from) / span) * (high - low);
}

// Pieces of a line where values are known, as an SVG path.
function pathOf(points, x, y) {
  let open = false;
  let d = "";
  for (const [t, v] of points) {
    if (known(v)) d += `${open ? "L" : "M"}${x(t).toFixed(1)} ${y(v).toFixed(1)}`;
    open = known(v);
  }
  return d;
}

// One chart. `lines`: [{side, points: [[t, value]]}]; `clip`: the most that is of interest.
function chart(c, series, title, lines, {clip = Infinity, floor = null, steps = false} = {}) {
  const values = lines.flatMap((line) => line.points.map((p) => p[1])).filter(known);
  if (!values.length) return null;
  const high = Math.min(clip, Math.max(...values));
  const low = floor === null ? Math.min(0, ...values) : Math.min(floor, ...values);
  const x = scale(series.begin, series.end, CHART.left, CHART.width - CHART.right);
  const y = scale(low, high > low ? high : low + 1, CHART.height - CHART.bottom, CHART.top);
  const box = svg("svg", {viewBox: `0 0 ${CHART.width} ${CHART.height}`, class: "chart", role: "img", "aria-label": title});
  const band = (from, to, kind) => {
    const [p, q] = [Math.max(from, series.begin), Math.min(to, series.end)];
    if (q > p) box.append(svg("rect", {x: x(p), width: x(q) - x(p), y: 0, height: CHART.height, class: kind}));
  };
  band(seconds(c.start_utc), seconds(c.end_utc), "event");
  for (const [side, track] of Object.entries(tracksOf(c))) {
    for (const [from, to] of track ? track.silences : []) band(from, to, `silent-${side}`);
  }
  if (low < 0) box.append(svg("line", {x1: CHART.left, x2: CHART.width - CHART.right, y1: y(0), y2: y(0), class: "zero"}));
  for (const line of lines) {
    const points = line.points.map(([t, v]) => [t, known(v) ? Math.min(v, high) : v]);
    box.append(svg("path", {d: pathOf(steps ? stepped(points, series) : points, x, y), class: `line side-${line.side}`}));
  }
  const label = (text, at) => {
    const node = svg("text", {x: CHART.left - 4, y: at, class: "axis", "text-anchor": "end"});
    node.textContent = text;
    box.append(node);
  };
  const digits = Math.abs(high) < 20 ? 1 : 0;
  label(number(high, digits), CHART.top + 9);
  label(number(low, digits), CHART.height - CHART.bottom);
  const cursor = svg("line", {y1: 0, y2: CHART.height, x1: -9, x2: -9, class: "cursor"});
  box.append(cursor);
  const figure = el("figure", {}, el("figcaption", {text: title}), box);
  figure.at = (t) => {
    cursor.setAttribute("x1", x(t));
    cursor.setAttribute("x2", x(t));
  };
  return figure;
}

// The hours under the charts, UTC; days are named where they begin and at the first tick.
function timeAxis(series) {
  const hours = TICK_HOURS.find((h) => (series.end - series.begin) / HOUR / h <= TICKS) || TICK_HOURS[TICK_HOURS.length - 1];
  const x = scale(series.begin, series.end, CHART.left, CHART.width - CHART.right);
  const box = svg("svg", {viewBox: `0 0 ${CHART.width} 30`, class: "hours", role: "img", "aria-label": "Time, UTC"});
  let day = null;
  for (let t = Math.ceil(series.begin / HOUR / hours) * hours * HOUR; t <= series.end; t += hours * HOUR) {
    const [date, hour] = moment(t).split(" ");
    box.append(svg("line", {x1: x(t), x2: x(t), y1: 0, y2: 4, class: "zero"}));
    for (const [text, y] of [[hour, 14], [date === day ? "" : date.slice(5), 26]]) {
      const node = svg("text", {x: x(t), y, class: "axis", "text-anchor": "middle"});
      node.textContent = text;
      box.append(node);
    }
    day = date;
  }
  return el("figure", {}, box);
}

// Headings broken where they pass north, so that no line runs across the chart.
function brokenAtNorth(line) {
  const points = [];
  line.points.forEach(([t, v], i) => {
    const before = i ? line.points[i - 1][1] : null;
    if (known(v) && known(before) && Math.abs(v - before) > 180) points.push([t, null]);
    points.push([t, v]);
  });
  return {...line, points};
}

// A typed value holds until the next one.
function stepped(points, series) {
  const out = [];
  points.forEach(([t, v], i) => {
    out.push([t, v], [i + 1 < points.length ? points[i + 1][0] : series.end, v]);
  });
  return out;
}

function chartsOf(c, series) {
  const of = (side, value) => ({side, points: series.points.map((p) => [p.t, p[side] ? value(p[side]) : null])});
  const both = (value) => ["a", "b"].filter((side) => c.tracks[side]).map((side) => of(side, value));
  const draughts = ["a", "b"]
    .filter((side) => c.draughts[side] && c.draughts[side].length)
    .map((side) => ({side, points: typedWithin(c.draughts[side], series)}));
  const reports = draughts.flatMap((line) => line.points.map((p) => p[1]));
  return [
    chart(c, series, "Antenna to antenna, m (to 1,000)", [{side: "pair", points: series.points.map((p) => [p.t, p.distance])}], {clip: 1000}),
    chart(c, series, "Hull to hull as drawn, m (to 200; below zero they would overlap)", [{side: "pair", points: series.points.map((p) => [p.t, p.gap])}], {clip: 200}),
    chart(c, series, "Speed over ground, kn", both((s) => s.speed)),
    chart(c, series, "Heading, degrees", both((s) => s.heading).map(brokenAtNorth)),
    chart(c, series, "Typed draught, m", draughts, {steps: true, floor: reports.length ? Math.min(...reports) - 0.5 : null}),
  ].filter(Boolean);
}

// The draughts typed within the span, the last one before it drawn from its beginning.
function typedWithin(typed, series) {
  const before = typed.filter(([t]) => t <= series.begin).slice(-1).map(([, v]) => [series.begin, v]);
  return [...before, ...typed.filter(([t]) => t > series.begin && t <= series.end)];
}
