// Tracks: decoded, interpolated, and the hulls that sailed them.
"use strict";

// Differences become values; times in s, positions in degrees, speeds in kn, headings in degrees.
function decodeTrack(raw) {
  if (!raw) return null;
  const sum = (values) => {
    let total = 0;
    return values.map((v) => (total += v));
  };
  return {
    t: sum(raw.t),
    lat: sum(raw.y).map((v) => v / 1e6),
    lon: sum(raw.x).map((v) => v / 1e6),
    speed: raw.v.map((v) => (v === null ? null : v / 10)),
    heading: raw.h,
    silences: raw.s,
  };
}

// Metres east and north of a place, on the ellipsoid, good to a thousandth within 100 km.
function metresAround(lat0) {
  const f = (lat0 * Math.PI) / 180;
  const north = 111132.954 - 559.822 * Math.cos(2 * f) + 1.175 * Math.cos(4 * f);
  const east = 111412.84 * Math.cos(f) - 93.5 * Math.cos(3 * f);
  return (lat, lon, lon0) => [(lon - lon0) * east, (lat - lat0) * north];
}

function addMetres(track, c) {
  if (!track) return;
  const metres = metresAround(c.lat);
  const xy = track.t.map((_, i) => metres(track.lat[i], track.lon[i], c.lon));
  track.x = xy.map((p) => p[0]);
  track.y = xy.map((p) => p[1]);
}

function tracksOf(c) {
  if (!c.decoded) {
    c.decoded = {a: decodeTrack(c.tracks.a), b: decodeTrack(c.tracks.b)};
    addMetres(c.decoded.a, c);
    addMetres(c.decoded.b, c);
  }
  return c.decoded;
}

// The shorter way round from one heading to another, 0 <= share <= 1 of it.
function turn(from, to, share) {
  const by = ((to - from + 540) % 360) - 180;
  return (from + by * share + 360) % 360;
}

// Where a ship was at a time: place, speed, heading, and whether it was silent then.
// Null outside its track. Across a silence the place is a straight line between the fixes.
function stateAt(track, t) {
  if (!track || t < track.t[0] || t > track.t[track.t.length - 1]) return null;
  let low = 0;
  let high = track.t.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (track.t[middle] <= t) low = middle;
    else high = middle;
  }
  const gap = track.t[high] - track.t[low];
  const share = gap ? (t - track.t[low]) / gap : 0;
  const mix = (values) => values[low] + (values[high] - values[low]) * share;
  const either = (values) => (known(values[low]) ? values[low] : values[high]);
  const bothKnown = known(track.heading[low]) && known(track.heading[high]);
  return {
    x: mix(track.x),
    y: mix(track.y),
    speed: known(track.speed[low]) && known(track.speed[high]) ? mix(track.speed) : either(track.speed),
    heading: bothKnown ? turn(track.heading[low], track.heading[high], share) : either(track.heading),
    silent: track.silences.some(([from, to]) => t > from && t < to),
  };
}

// Antenna to bow, stern, port and starboard side, m; null without length and beam.
function hullOf(ship) {
  if (!ship) return null;
  if (known(ship.a_m)) return {bow: ship.a_m, stern: ship.b_m, port: ship.c_m, starboard: ship.d_m, guess: false};
  if (!known(ship.length_m) || !known(ship.beam_m)) return null;
  const [length, beam] = [ship.length_m / 2, ship.beam_m / 2];
  return {bow: length, stern: length, port: beam, starboard: beam, guess: true};
}

// Corners of a rectangle in the ship's own frame (starboard, ahead), turned and moved into place.
function placed(corners, state) {
  const h = (state.heading * Math.PI) / 180;
  const [s, c] = [Math.sin(h), Math.cos(h)];
  return corners.map(([right, ahead]) => [state.x + right * c + ahead * s, state.y - right * s + ahead * c]);
}

function rectangle(hull) {
  return [[-hull.port, hull.bow], [hull.starboard, hull.bow], [hull.starboard, -hull.stern], [-hull.port, -hull.stern]];
}

// A hull as drawn: straight sides, a pointed bow over its first sixth.
function outline(hull) {
  const shoulder = hull.bow - (hull.bow + hull.stern) / 6;
  const middle = (hull.starboard - hull.port) / 2;
  return [[-hull.port, -hull.stern], [-hull.port, shoulder], [middle, hull.bow], [hull.starboard, shoulder], [hull.starboard, -hull.stern]];
}

// Distance between two rectangles along the axis that parts them most; below zero they overlap.
function separation(one, two) {
  let most = -Infinity;
  for (const corners of [one, two]) {
    for (let i = 0; i < 2; i += 1) {
      const [dx, dy] = [corners[i + 1][0] - corners[i][0], corners[i + 1][1] - corners[i][1]];
      const length = Math.hypot(dx, dy) || 1;
      const along = (p) => (p[0] * dx + p[1] * dy) / length;
      const [p, q] = [one.map(along), two.map(along)];
      most = Math.max(most, Math.min(...q) - Math.max(...p), Math.min(...p) - Math.max(...q));
    }
  }
  return most;
}

// Both ships on a common grid of times: distance of antennas and gap of hulls where both were heard.
function seriesOf(c, steps = 240) {
  const {a, b} = tracksOf(c);
  const tracks = [a, b].filter(Boolean);
  if (!tracks.length) return null;
  const begin = Math.min(...tracks.map((k) => k.t[0]));
  const end = Math.max(...tracks.map((k) => k.t[k.t.length - 1]));
  const hulls = {a: hullOf(c.ships.a), b: hullOf(c.ships.b)};
  const points = [];
  for (let i = 0; i <= steps; i += 1) {
    const t = begin + ((end - begin) * i) / steps;
    const [p, q] = [stateAt(a, t), stateAt(b, t)];
    const point = {t, a: p && !p.silent ? p : null, b: q && !q.silent ? q : null, distance: null, gap: null};
    if (point.a && point.b) {
      point.distance = Math.hypot(p.x - q.x, p.y - q.y);
      if (hulls.a && hulls.b && known(p.heading) && known(q.heading)) {
        point.gap = separation(placed(rectangle(hulls.a), p), placed(rectangle(hulls.b), q));
      }
    }
    points.push(point);
  }
  return {begin, end, points};
}
