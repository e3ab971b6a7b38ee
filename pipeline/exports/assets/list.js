// The list of candidates and what narrows it.
"use strict";

const COLUMNS = [
  ["Score", (c) => scoreText(c.score), (c) => (known(c.score) ? c.score : -1)],
  ["Ships", pairName, pairName],
  ["Class", (c) => c.class, (c) => c.class],
  ["Start (UTC)", (c) => moment(seconds(c.start_utc)), (c) => c.start_utc],
  ["Hours", (c) => number(c.duration_h), (c) => c.duration_h],
  ["Gap, m", (c) => (known(c.hull_gap_median_m) ? number(c.hull_gap_median_m, 0) : ""), (c) => (known(c.hull_gap_median_m) ? c.hull_gap_median_m : Infinity)],
  ["Barrels", (c) => (known(c.volume_median_bbl) ? barrels(c.volume_median_bbl) : ""), (c) => (known(c.volume_median_bbl) ? c.volume_median_bbl : -1)],
  ["Verdict", (c) => verdictOf(c).verdict || "", (c) => verdictOf(c).verdict || "~"],
];

// The span of the sliders, in whole steps: their last one then holds the last candidate.
const STEP = 600;
const FIRST = CANDIDATES.length ? Math.floor(Math.min(...CANDIDATES.map((c) => seconds(c.start_utc))) / STEP) * STEP : 0;
const LAST = CANDIDATES.length ? Math.ceil(Math.max(...CANDIDATES.map((c) => seconds(c.end_utc))) / STEP) * STEP : STEP;

const filter = {text: "", score: 0, class: "", hours: 0, gap: null, watchlist: false, verdict: "", from: FIRST, to: LAST};
const sorting = {column: null, down: false};
let current = null;
let narrowed = CANDIDATES;

function passes(c) {
  const verdict = verdictOf(c).verdict || "none";
  return (
    (!filter.text || `${pairName(c)} ${c.mmsi_a} ${c.mmsi_b} ${c.event_id} ${c.zone || ""}`.toLowerCase().includes(filter.text)) &&
    (filter.score <= 0 || (known(c.score) && c.score >= filter.score)) &&
    (!filter.class || c.class === filter.class) &&
    c.duration_h >= filter.hours &&
    (filter.gap === null || (known(c.hull_gap_median_m) && c.hull_gap_median_m <= filter.gap)) &&
    (!filter.watchlist || c.watchlist_a || c.watchlist_b) &&
    (!filter.verdict || verdict === filter.verdict) &&
    seconds(c.end_utc) >= filter.from &&
    seconds(c.start_utc) <= filter.to
  );
}

function shown() {
  return narrowed;
}

function rowOf(c) {
  const row = el("tr", {tabindex: 0, "data-id": c.event_id, on: {click: () => open(c), keydown: (e) => e.key === "Enter" && open(c)}});
  row.append(...COLUMNS.map(([, text]) => el("td", {text: text(c)})));
  row.firstChild.append(el("i", {class: "dot", "data-score": known(c.score) ? String(Math.min(4, bucket(c.score))) : "none"}));
  return row;
}

function bucket(score) {
  return [0.25, 0.5, 0.75, 0.9].filter((bound) => score >= bound).length;
}

const rows = new Map();

function refreshRow(c) {
  const row = rowOf(c);
  if (c === current) row.classList.add("open");
  if (rows.has(c.event_id)) rows.get(c.event_id).replaceWith(row);
  rows.set(c.event_id, row);
}

// Narrow, sort and draw again: the list, the marks, the count.
function refresh() {
  narrowed = CANDIDATES.filter(passes);
  if (sorting.column !== null) {
    const value = COLUMNS[sorting.column][2];
    const order = (p, q) => (p < q ? -1 : p > q ? 1 : 0);
    narrowed.sort((p, q) => (sorting.down ? -1 : 1) * order(value(p), value(q)));
  }
  byId("rows").replaceChildren(...narrowed.map((c) => {
    if (!rows.has(c.event_id)) rows.set(c.event_id, rowOf(c));
    return rows.get(c.event_id);
  }));
  byId("count").textContent = `${narrowed.length} of ${CANDIDATES.length} candidates`;
  byId("span").textContent = `${moment(filter.from)} to ${moment(filter.to)} UTC`;
  if (map) drawMarks();
}

function makeHead() {
  const cells = COLUMNS.map(([title], i) => el("th", {scope: "col"}, el("button", {type: "button", text: title, on: {click: () => {
    sorting.down = sorting.column === i ? !sorting.down : false;
    sorting.column = i;
    refresh();
  }}})));
  byId("head").append(el("tr", {}, ...cells));
}

function makeFilters() {
  const classes = [...new Set(CANDIDATES.map((c) => c.class))].sort();
  byId("list").classList.toggle("one-class", classes.length < 2);
  byId("f-class").append(...classes.map((name) => el("option", {value: name, text: name})));
  const bind = (id, read) => byId(id).addEventListener("input", (e) => {
    read(e.target);
    refresh();
  });
  bind("f-text", (input) => (filter.text = input.value.toLowerCase()));
  bind("f-score", (input) => {
    filter.score = Number(input.value);
    byId("f-score-now").textContent = number(filter.score, 2);
  });
  bind("f-class", (input) => (filter.class = input.value));
  bind("f-hours", (input) => (filter.hours = Number(input.value)));
  bind("f-gap", (input) => (filter.gap = input.value === "" ? null : Number(input.value)));
  bind("f-watchlist", (input) => (filter.watchlist = input.checked));
  bind("f-verdict", (input) => (filter.verdict = input.value));
  for (const [id, key] of [["f-from", "from"], ["f-to", "to"]]) {
    const slider = byId(id);
    [slider.min, slider.max, slider.step] = [FIRST, LAST, STEP];
    slider.value = filter[key];
    bind(id, (input) => (filter[key] = Number(input.value)));
  }
}
