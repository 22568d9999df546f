import { z } from "@hono/zod-openapi";

/**
 * `?limit=&cursor=` of every list. A cursor names the last thing of the page before, so what is added or taken away
 * between two pages moves nothing; to clients it is opaque.
 */
const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(200)
  .default(50)
  .openapi({ type: "integer", minimum: 1, maximum: 200, default: 50, description: "How many at most." });

const CURSOR = { type: "string", description: "`next` of the page before." } as const;

/** A page of things in the order of their keys. */
export const PageByKey = z.strictObject({
  limit,
  cursor: cursor((place) => (/^[A-Za-z0-9_-]{1,64}$/.test(place) ? place : undefined)).openapi(CURSOR),
});

/** A page of things in the order of a number. */
export const PageByNumber = z.strictObject({
  limit,
  cursor: cursor((place) => (/^\d{1,15}$/.test(place) ? Number(place) : undefined)).openapi(CURSOR),
});

/** A cursor of things in the order of an instant, those of one instant by their id. */
export const placeCursor = cursor((place) => {
  const [, at, id] = /^(\d{1,15})\.([0-9a-f-]{1,64})$/.exec(place) ?? [];
  return at === undefined || id === undefined ? undefined : { at: Number(at), id };
}).openapi(CURSOR);

/** A page of such things. */
export const PageByPlace = z.strictObject({ limit, cursor: placeCursor });

/** A page of imports, newest first, those of one instant by their id. */
export const PageByImport = z.strictObject({
  limit,
  cursor: cursor((place) => {
    const [, at, id] = /^(\d{1,15})\.([A-Za-z0-9_-]{1,64})$/.exec(place) ?? [];
    return at === undefined || id === undefined ? undefined : { at: Number(at), id };
  }).openapi(CURSOR),
});

export const Next = z.string().nullable().openapi({ description: "Cursor of the next page; null on the last one." });

export function cursorAt(place: string | number): string {
  return btoa(String(place));
}

/** Cursor after the last of a page that was asked for with one row more than `limit`, and the page itself. */
export function cutPage<Row>(
  rows: readonly Row[],
  limitRows: number,
  placeOf: (row: Row) => string | number,
): { page: readonly Row[]; next: string | null } {
  const page = rows.slice(0, limitRows);
  const last = page.at(-1);
  return { page, next: rows.length > limitRows && last !== undefined ? cursorAt(placeOf(last)) : null };
}

function cursor<Place>(read: (place: string) => Place | undefined) {
  return z
    .string()
    .max(200)
    .transform((text, context) => {
      const place = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? read(atob(text)) : undefined;
      if (place !== undefined) return place;
      context.addIssue({ code: "custom", message: "This is not a cursor of this list.", params: { code: "bad_cursor" } });
      return z.NEVER;
    })
    .optional();
}
