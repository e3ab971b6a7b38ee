// What every part of the page uses: the data, elements made without markup, numbers and times.
"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);
const CANDIDATES = DATA.candidates;
const HOUR = 3600;

// An element. Text goes in as text: nothing a ship typed is ever read as markup.
function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (key === "text") node.textContent = value;
    else if (key === "on") for (const [name, f] of Object.entries(value)) node.addEventListener(name, f);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function byId(id) {
  return document.getElementById(id);
}

function seconds(utc) {
  return Date.parse(utc) / 1000;
}

// "2024-06-11 04:09", always UTC.
function moment(t) {
  return new Date(t * 1000).toISOString().slice(0, 16).replace("T", " ");
}

function known(value) {
  return value !== null && value !== undefined;
}

function number(value, decimals = 1, unit = "") {
  if (!known(value)) return "unknown";
  const rounded = Number(value.toFixed(decimals)) + 0; // no "-0"
  const text = rounded.toLocaleString("en", {minimumFractionDigits: decimals, maximumFractionDigits: decimals});
  return unit ? `${text} ${unit}` : text;
}

// A score as a share; what is nearly sure is not shown as sure.
function scoreText(score) {
  if (!known(score)) return "";
  return score > 0.99 && score < 1.005 ? ">0.99" : number(score, 2);
}

// An estimate to three figures: more would promise what it cannot hold. The tables have it whole.
function barrels(value) {
  return number(Number(value.toPrecision(3)), 0);
}

function shipName(c, side) {
  if (known(c[`name_${side}`])) return c[`name_${side}`];
  return known(c[`mmsi_${side}`]) ? String(c[`mmsi_${side}`]) : "partner not heard";
}

function pairName(c) {
  return `${shipName(c, "a")} + ${shipName(c, "b")}`;
}

function volume(c) {
  if (!known(c.volume_median_bbl)) return "unknown";
  const [low, median, high] = ["low", "median", "high"].map((k) => (known(c[`volume_${k}_bbl`]) ? barrels(c[`volume_${k}_bbl`]) : "unknown"));
  return `${median} bbl (${low} to ${high})`;
}

// Light to dark, as in the QGIS style; grey without a score.
function scoreColour(score) {
  if (!known(score)) return "#969696";
  if (score < 0.25) return "#fed976";
  if (score < 0.5) return "#fd9c42";
  if (score < 0.75) return "#f05028";
  return score < 0.9 ? "#bd0026" : "#5e0034";
}
