/** Hours since 1970 in UTC: every time zone in use begins its days on one, or on a half or a quarter of one. */
export const HOUR_MS = 3_600_000;

/** First ms of the hour that an instant (ms) lies in. */
export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}
