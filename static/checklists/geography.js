// Distances and areas over positions, as ODK reckons them: on a ball, without the altitude.
//
// The twin of observer/checklists/geography.py.

import { toNumber, toString, words } from "./values.js";

const EARTH_RADIUS = 6378100;

const radians = (degrees) => degrees * (Math.PI / 180);

/** Metres along all the positions, in their order; NaN where one cannot be read. */
export function distance(values) {
  const points = pointsOf(values);
  if (points === null) return NaN;
  return points.slice(1).reduce((total, point, at) => total + between(points[at], point), 0);
}

/** Square metres within the positions; NaN where one cannot be read. */
export function area(values) {
  const points = pointsOf(values);
  if (points === null) return NaN;
  if (points.length < 3) return 0;
  const degree = (2 * EARTH_RADIUS * Math.PI) / 360;
  const [firstLat, firstLon] = points[0];
  const flat = points.slice(1).map(([lat, lon]) => [
    (lat - firstLat) * degree,
    (lon - firstLon) * degree * Math.cos(radians(lat)),
  ]);
  const total = flat.slice(1).reduce((sum, [nextY, nextX], at) => {
    const [y, x] = flat[at];
    return sum + (y * nextX - x * nextY) / 2;
  }, 0);
  return Math.abs(total);
}

/** Whether a position lies within the shape; false where either cannot be read. */
export function inside(point, shape) {
  const [here, corners] = [pointsOf([point]), pointsOf(shape)];
  if (!here?.length || !corners?.length) return false;
  const [lat, lon] = here[0];
  let within = false;
  corners.slice(1).forEach(([lat2, lon2], at) => {
    const [lat1, lon1] = corners[at];
    const crossed = lat2 > lat !== lat1 > lat;
    if (crossed && lon < ((lon1 - lon2) * (lat - lat2)) / (lat1 - lat2) + lon2) within = !within;
  });
  return within;
}

function pointsOf(values) {
  const points = [];
  for (const value of values) {
    const text = toString(value);
    for (const written of text.split(";")) {
      const parts = words(written).map(toNumber);
      if (!parts.length && text.includes(";")) continue;
      if (parts.length < 2 || !(Math.abs(parts[0]) <= 90 && Math.abs(parts[1]) <= 180)) return null;
      points.push([parts[0], parts[1]]);
    }
  }
  return points;
}

function between(one, other) {
  // The haversine, which gives small distances alike on every device; ODK's own formula does not.
  const [lat1, lon1, lat2, lon2] = [...one, ...other].map(radians);
  const [north, east] = [Math.sin((lat2 - lat1) / 2), Math.sin((lon2 - lon1) / 2)];
  const share = north * north + Math.cos(lat1) * Math.cos(lat2) * east * east;
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(Math.min(share, 1)));
}
