import { isJsonObject, ownProperty, type Json } from "../model/json.ts";

/** Degrees north and east. */
export interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** Mean radius of the earth (IUGG). */
const EARTH_KM = 6_371.008_8;

/** The place that a value names, as `{"lat":48.86,"lon":2.35}`; undefined for any other value. */
export function readPlace(value: Json | undefined): Place | undefined {
  if (!isJsonObject(value)) return undefined;
  const lat = ownProperty(value, "lat");
  const lon = ownProperty(value, "lon");
  return isLatitude(lat) && isLongitude(lon) ? { lat, lon } : undefined;
}

export function isLatitude(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= 90;
}

export function isLongitude(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= 180;
}

/** The way along the earth's surface, taken as a sphere, by the haversine formula. */
export function distanceKm(a: Place, b: Place): number {
  const halfLat = Math.sin(radians(b.lat - a.lat) / 2);
  const halfLon = Math.sin(radians(b.lon - a.lon) / 2);
  const haversine = halfLat * halfLat + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * halfLon * halfLon;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(haversine)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
