// Verdicts and notes: kept in this browser for this run, exported as labels.
"use strict";

const VERDICTS = ["confirmed", "rejected", "unsure"];
const STORE = `alongside:${DATA.run.key}`;

const verdicts = (() => {
  try {
    return JSON.parse(localStorage.getItem(STORE)) || {};
  } catch {
    return {}; // a browser may forbid storage to pages from disk
  }
})();

function verdictOf(c) {
  return verdicts[c.event_id] || {};
}

function keep(c, change) {
  verdicts[c.event_id] = {...verdictOf(c), ...change};
  try {
    localStorage.setItem(STORE, JSON.stringify(verdicts));
  } catch {
    byId("status").textContent = "This browser keeps no verdicts of pages from disk: export them before you close the page.";
  }
  refreshRow(c);
}

// The same verdict twice takes it back.
function judge(c, verdict) {
  keep(c, {verdict: verdictOf(c).verdict === verdict ? null : verdict});
  const bar = document.querySelector("#card .verdicts");
  if (bar) bar.replaceWith(verdictBar(c));
}

function verdictBar(c) {
  const now = verdictOf(c);
  const buttons = VERDICTS.map((verdict) =>
    el("button", {type: "button", text: verdict, class: verdict, "aria-pressed": String(now.verdict === verdict), on: {click: () => judge(c, verdict)}}));
  const note = el("input", {type: "text", placeholder: "Note", "aria-label": "Note", class: "remark", on: {change: (e) => keep(c, {note: e.target.value})}});
  note.value = now.note || "";
  return el("p", {class: "verdicts"}, ...buttons, note);
}

// A cell of CSV that no spreadsheet takes for a formula.
function csvCell(value) {
  let text = known(value) ? String(value) : "";
  if (/^\s*[=+\-@]/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function labelsCsv() {
  const rows = [["event_id", "verdict", "mmsi_a", "mmsi_b", "start_utc", "end_utc", "note"]];
  for (const c of CANDIDATES) {
    const {verdict, note} = verdictOf(c);
    if (verdict || note) rows.push([c.event_id, verdict, c.mmsi_a, c.mmsi_b, c.start_utc, c.end_utc, note]);
  }
  return rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function exportLabels() {
  const url = URL.createObjectURL(new Blob([labelsCsv()], {type: "text/csv"}));
  const link = el("a", {href: url, download: "labels.csv"});
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
