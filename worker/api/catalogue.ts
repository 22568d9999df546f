import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { PROPERTY_TYPES } from "../../core/quality/catalogue-shape.ts";
import type { Span } from "../../core/quality/catalogue.ts";
import { MOST_VALUES, type Scalar } from "../../core/quality/catalogue-values.ts";
import {
  cataloguedEvents,
  cataloguedProperties,
  spanOf,
  type CataloguedEvent,
  type CataloguedProperty,
} from "../cold/catalogue-read.ts";
import { database } from "../cold/database.ts";
import { channelsOf } from "../cold/sources.ts";
import { route, type Route } from "./route.ts";
import { iso } from "./shapes.ts";

const Day = z.string().openapi({ format: "date", example: "2026-03-01" });

const days = {
  firstSeen: Day.openapi({ description: "Day (UTC) on which it first arrived." }),
  lastSeen: Day.openapi({ description: "Day (UTC) on which it last arrived." }),
};

const eventFields = {
  event: z.string().openapi({ description: "As rules name it.", example: "Order Completed" }),
  ...days,
  last7Days: z.int().openapi({ description: "Events whose time lies in the last 7 days." }),
  last30Days: z.int(),
  sources: z.array(z.string()).openapi({ description: "Keys of the sources that have sent it." }),
  channels: z.array(z.string()).openapi({ description: "Channels of those sources, as they are now." }),
};

const CataloguedEventShape = z.strictObject(eventFields).openapi("CataloguedEvent");

const PropertyShape = z
  .strictObject({
    path: z.string().openapi({
      description: "As rules write it; `products[].sku` is `sku` of the elements of `products`, `tags[]` an element itself.",
      example: "products[].sku",
    }),
    ...days,
    types: z.array(z.strictObject({ type: z.enum(PROPERTY_TYPES), ...days })).openapi({
      description:
        "What its values have been. `instant` is a text that rules read as an instant; more than one type is worth a look.",
    }),
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .nullable()
      .openapi({
        description: `Its values, as far as three people have sent them. Null where it has more than ${MOST_VALUES}, or where they may be personal.`,
      }),
  })
  .openapi("CataloguedProperty");

const truncated = z.boolean().openapi({ description: "True where the catalogue is full: what came after is not in it." });

const TAG = "Catalogue";
const READERS = ["rules:write", "rules:publish", "kpis:read", "admin"] as const;

export const catalogueRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/catalogue",
    scopes: READERS,
    tag: TAG,
    summary: "List the events that have come",
    description: "Learnt from the events themselves, half a minute behind; by name.",
    reply: z.strictObject({ events: z.array(CataloguedEventShape), truncated }).openapi("Catalogue"),
    async handle({ env, principal: { workspace }, now }) {
      const [{ events, isFull }, channels] = await Promise.all([
        cataloguedEvents(env, workspace, now),
        channelsOf(database(env.DB), workspace),
      ]);
      return ok({ body: { events: events.map((event) => eventView(event, channels)), truncated: isFull } });
    },
  }),
  route({
    method: "get",
    path: "/api/catalogue/{event}",
    scopes: READERS,
    tag: TAG,
    summary: "Get the properties of an event, with their types and values",
    description: "Traits are the properties of `$identify`.",
    params: z.strictObject({ event: z.string().openapi({ example: "Order Completed" }) }),
    reply: z.strictObject({ ...eventFields, properties: z.array(PropertyShape), truncated }).openapi("CataloguedEventDetail"),
    reasons: ["not_found"],
    async handle({ env, principal: { workspace }, params, now }) {
      const [{ events }, { properties, isFull }, channels] = await Promise.all([
        cataloguedEvents(env, workspace, now, params.event),
        cataloguedProperties(env, workspace, params.event),
        channelsOf(database(env.DB), workspace),
      ]);
      const event = events[0];
      if (event === undefined) return fail({ reason: "not_found" });
      return ok({ body: { ...eventView(event, channels), properties: properties.map(propertyView), truncated: isFull } });
    },
  }),
];

type Channels = Awaited<ReturnType<typeof channelsOf>>;

function eventView({ event, week, month, sources, ...span }: CataloguedEvent, channels: Channels) {
  const found = sources.flatMap((source) => channels.get(source) ?? []);
  return {
    event,
    ...dates(span),
    last7Days: week,
    last30Days: month,
    sources: [...sources],
    channels: [...new Set(found)].toSorted(),
  };
}

function propertyView({ path, types, ...span }: CataloguedProperty) {
  const byType = Map.groupBy(types, ({ type }) => type);
  return {
    path,
    ...dates(span),
    types: PROPERTY_TYPES.flatMap((type) => {
      const notes = byType.get(type);
      return notes === undefined ? [] : [{ type, ...dates(spanOf(notes)) }];
    }),
    values: valuesOf(types),
  };
}

/** None where one of its types or databases knows that they are not to be shown, or all of them together have too many. */
function valuesOf(types: CataloguedProperty["types"]): Scalar[] | null {
  const bearing = types.filter(({ type }) => type === "text" || type === "number" || type === "boolean");
  const values = [...new Set(bearing.flatMap((note) => note.values.shown))];
  return bearing.length === 0 || bearing.some((note) => note.values.hidden) || values.length > MOST_VALUES
    ? null
    : values.toSorted(inOrder);
}

function inOrder(one: Scalar, other: Scalar): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one) < String(other) ? -1 : 1;
}

function dates({ firstDay, lastDay }: Span) {
  return { firstSeen: dayText(firstDay), lastSeen: dayText(lastDay) };
}

const DAY_MS = 86_400_000;

function dayText(day: number): string {
  return iso(day * DAY_MS).slice(0, 10);
}
