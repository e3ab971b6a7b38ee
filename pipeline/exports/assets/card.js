// The card of a candidate: scene, charts, ships, cargo, reasons, near misses.
"use strict";

const CAVEAT = "A candidate is a lead, not a finding: crews lower the power of AIS during lawful transfers, and draughts are typed by hand.";

// The card; `interactive` ones have a slider and buttons, those for print stand at the middle.
function card(c, interactive) {
  const series = seriesOf(c);
  const charts = series ? chartsOf(c, series) : [];
  const view = series ? scene(c) : null;
  const middle = (seconds(c.start_utc) + seconds(c.end_utc)) / 2;
  const node = el("article", {class: "card"}, heading(c));
  if (interactive) node.append(verdictBar(c));
  node.append(el("p", {class: "reasons", text: c.reasons || ""}));
  const left = el("div", {class: "left"});
  if (view) {
    left.append(view.node);
    if (interactive) left.append(...controls(c, series, view, charts, middle));
    view.show(middle, false);
    if (!interactive) {
      const whole = scene(c, "Whole tracks");
      whole.show(middle, true);
      left.append(whole.node);
    }
    charts.forEach((figure) => figure.at(middle));
  } else {
    left.append(el("p", {text: "No fixes of these ships were kept."}));
  }
  const right = el("div", {class: "right"}, el("h3", {text: "Over time"}), legend(c), ...charts, ...(series ? [timeAxis(series)] : []));
  node.append(el("div", {class: "columns"}, left, right), shipTable(c), measures(c), nearMisses(c));
  if (!interactive) node.append(evidence(c));
  return node;
}

function heading(c) {
  const score = known(c.score) ? `score ${scoreText(c.score)}` : "no score";
  const when = `${moment(seconds(c.start_utc))} to ${moment(seconds(c.end_utc))} UTC`;
  return el(
    "header",
    {},
    el("h2", {text: pairName(c)}),
    el("p", {text: `${c.class}, ${score}. ${when}, ${number(c.duration_h, 1, "h")}. ${position(c)}. ${c.event_id}`}),
  );
}

function position(c) {
  const [ns, ew] = [c.lat < 0 ? "S" : "N", c.lon < 0 ? "W" : "E"];
  return `${Math.abs(c.lat).toFixed(4)}° ${ns} ${Math.abs(c.lon).toFixed(4)}° ${ew}`;
}

function legend(c) {
  const swatch = (kind, text) => el("span", {class: `swatch ${kind}`, text});
  const sides = ["a", "b"].filter((side) => c.ships[side]);
  return el(
    "p",
    {class: "legend"},
    ...sides.map((side) => swatch(`side-${side}`, `${side}: ${shipName(c, side)}`)),
    swatch("event", "event"),
    ...sides.map((side) => swatch(`silent-${side}`, `${side}: no report for 10 min or more`)),
  );
}

function controls(c, series, view, charts, middle) {
  let wide = false;
  const slider = el("input", {type: "range", min: series.begin, max: series.end, step: 30, value: middle, "aria-label": "Time", class: "time"});
  const show = () => {
    const t = Number(slider.value);
    view.show(t, wide);
    charts.forEach((figure) => figure.at(t));
  };
  slider.addEventListener("input", show);
  const toggle = el("button", {type: "button", text: "Whole tracks", on: {click: () => {
    wide = !wide;
    toggle.textContent = wide ? "Hulls" : "Whole tracks";
    show();
  }}});
  return [slider, el("p", {}, toggle)];
}

function table(head, rows) {
  const line = (cells, tag) => el("tr", {}, ...cells.map((text) => el(tag, {text})));
  return el("table", {}, el("thead", {}, line(head, "th")), el("tbody", {}, ...rows.map((row) => line(row, "td"))));
}

function shipTable(c) {
  const sides = ["a", "b"].filter((side) => c.ships[side]);
  const row = (title, value) => [title, ...sides.map((side) => value(c.ships[side], side))];
  const rows = [
    row("MMSI", (ship) => String(ship.mmsi)),
    row("IMO", (ship) => (known(ship.imo) ? String(ship.imo) : "unknown")),
    row("Call sign", (ship) => ship.callsign || "unknown"),
    row("Type", (ship) => ship.ship_type || "unknown"),
    row("Length x beam", (ship) => (known(ship.length_m) ? `${number(ship.length_m, 0)} x ${number(ship.beam_m, 0, "m")}` : "unknown")),
    row("Draught change", (ship, side) => number(c[`draught_change_${side}_m`], 1, "m")),
    row("Silent", (ship, side) => [number(c[`silence_${side}_h`], 1, "h"), c.silence_causes[side]].filter(Boolean).join(": ")),
    row("Watchlist", (ship, side) => c[`watchlist_${side}`] || "none"),
    row("Flags", (ship) => ship.flags || "none"),
    row("Cargo", (ship) => (c.giver_mmsi === ship.mmsi ? "gives" : c.receiver_mmsi === ship.mmsi ? "receives" : "open")),
  ];
  const head = ["", ...sides.map((side) => `${side}: ${shipName(c, side)}`)];
  const typed = sides.filter((side) => c.ships[side].values_seen)
    .map((side) => el("p", {text: `${side} typed: ${c.ships[side].values_seen}`}));
  return el("section", {}, el("h3", {text: "Ships"}), table(head, rows), ...typed);
}

function measures(c) {
  const gap = known(c.hull_gap_median_m)
    ? `${number(c.hull_gap_median_m)} m (${number(c.hull_gap_low_m)} to ${number(c.hull_gap_high_m)})`
    : "unknown";
  const rows = [
    ["Hull to hull", gap, "Antenna to antenna", number(c.distance_median_m, 0, "m")],
    ["Speed", number(c.speed_median_kn, 2, "kn"), "Against each other", number(c.relative_speed_median_kn, 2, "kn")],
    ["Headings differ by", number(c.heading_difference_deg, 1, "°"), "Both heard", number(c.observed_h, 1, "h")],
    ["To shore", number(c.shore_km, 1, "km"), "To port", number(c.port_km, 1, "km")],
    ["Zone", c.zone || "none", "Cargo moved (90 %)", volume(c)],
    ["Rule", c.rule || "", "", ""],
  ];
  const body = rows.map((row) => el("tr", {}, ...row.map((text, i) => el(i % 2 ? "td" : "th", {text}))));
  return el("section", {}, el("h3", {text: "Measured"}), el("table", {}, el("tbody", {}, ...body)));
}

function nearMisses(c) {
  if (!c.others.length) return el("section", {});
  const rows = c.others.map((other) => [
    `${moment(seconds(other.start_utc))}`, other.b ? `${other.a} + ${other.b}` : other.a, other.class,
    number(other.duration_h, 1, "h"), number(other.hull_gap_median_m, 1, "m"), other.candidate ? "yes" : "no", other.event_id,
  ]);
  return el("section", {}, el("h3", {text: "Other encounters of these ships"}), table(["Start (UTC)", "Ships", "Class", "Duration", "Hull gap", "Candidate", "Event"], rows));
}

// What a printed page needs to stand alone.
function evidence(c) {
  const {run} = DATA;
  const verdict = verdictOf(c);
  const inputs = run.inputs.map((one) => [one.path || "", known(one.bytes) ? number(one.bytes, 0) : "", one.sha256 || ""]);
  return el(
    "footer",
    {},
    el("p", {text: CAVEAT}),
    el("p", {text: verdict.verdict ? `Verdict: ${verdict.verdict}. ${verdict.note || ""}` : "No verdict yet."}),
    el("p", {text: `Alongside ${run.version || ""}, configuration ${run.config_hash || "unknown"}, ${number(run.rows_used, 0)} of ${number(run.rows_read, 0)} rows used.`}),
    table(["Input", "Bytes", "SHA-256"], inputs),
  );
}
