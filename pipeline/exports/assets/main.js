// Puts the page together: opening a candidate, keys, printing.
"use strict";

function open(c) {
  if (current && rows.has(current.event_id)) rows.get(current.event_id).classList.remove("open");
  current = c;
  const row = rows.get(c.event_id);
  if (row) {
    row.classList.add("open");
    row.scrollIntoView({block: "nearest"});
  }
  byId("card").replaceChildren(card(c, true));
  drawTracks(c);
  if (!map.getBounds().contains([c.lat, c.lon])) map.panTo([c.lat, c.lon], {animate: false});
}

function step(by) {
  const list = shown();
  if (!list.length) return;
  const at = list.indexOf(current);
  open(list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))]);
}

const KEYS = {
  n: () => step(1),
  ArrowDown: () => step(1),
  p: () => step(-1),
  ArrowUp: () => step(-1),
  z: () => current && zoomTo(current),
  c: () => current && judge(current, "confirmed"),
  r: () => current && judge(current, "rejected"),
  u: () => current && judge(current, "unsure"),
};

document.addEventListener("keydown", (e) => {
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(e.target.tagName);
  if (typing || e.ctrlKey || e.metaKey || e.altKey || !(e.key in KEYS)) return;
  e.preventDefault();
  KEYS[e.key]();
});

// Printed: an evidence page for each candidate of the list as it is narrowed.
window.addEventListener("beforeprint", () => byId("print").replaceChildren(...shown().map((c) => card(c, false))));
window.addEventListener("afterprint", () => byId("print").replaceChildren());

function about() {
  const {run} = DATA;
  const inputs = run.inputs.map((one) => [one.path || "", known(one.bytes) ? number(one.bytes, 0) : "", one.sha256 || ""]);
  byId("about").append(
    el("p", {text: `Alongside ${run.version || ""}, configuration ${run.config_hash || "unknown"}, ${number(run.rows_used, 0)} of ${number(run.rows_read, 0)} rows used.`}),
    table(["Input", "Bytes", "SHA-256"], inputs),
    el("p", {text: "Map: Natural Earth land 1:50m, public domain, by world-atlas 2.0.2. Drawn with Leaflet 1.9.4."}),
  );
}

byId("caveat").textContent = CAVEAT;
makeHead();
makeFilters();
makeMap();
refresh();
about();
byId("export").addEventListener("click", exportLabels);
byId("zoom").addEventListener("click", KEYS.z);
byId("fit").addEventListener("click", () => fitMap(shown()));
if (CANDIDATES.length) open(CANDIDATES[0]);
else byId("card").append(el("p", {text: "This run has no candidates."}));
document.documentElement.dataset.ready = "yes";
