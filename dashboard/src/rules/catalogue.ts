import { useQueries, useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { ApiError, call } from "../api/client.ts";
import type { CataloguedProperty } from "../api/types.ts";

/** What was really seen, for completion: events and their properties, audiences, lists and sources by their keys. */
export interface CatalogueSource {
  events(): Promise<readonly SeenEvent[]>;
  /** None of an event that was never seen. */
  properties(event: string): Promise<readonly SeenProperty[]>;
  audiences(): Promise<readonly Named[]>;
  lists(): Promise<readonly Named[]>;
  sources(): Promise<readonly Named[]>;
}

export interface SeenEvent {
  readonly event: string;
  readonly last30Days: number;
}

export type SeenProperty = Pick<CataloguedProperty, "path" | "values"> & {
  readonly types: readonly Pick<CataloguedProperty["types"][number], "type">[];
};

export interface Named {
  readonly key: string;
  readonly name: string;
}

const PAGE = 200;

/** The same from the API. What the reader may not see completes nothing. */
export const API_CATALOGUE: CatalogueSource = {
  events: () => orNone(async () => (await call.GET("/api/catalogue")).data?.events ?? []),
  properties: (event) =>
    orNone(async () => (await call.GET("/api/catalogue/{event}", { params: { path: { event } } })).data?.properties ?? []),
  audiences: () =>
    orNone(async () => (await call.GET("/api/audiences", { params: { query: { limit: PAGE } } })).data?.audiences ?? []),
  lists: () => orNone(async () => (await call.GET("/api/lists", { params: { query: { limit: PAGE } } })).data?.lists ?? []),
  sources: () => orNone(async () => (await call.GET("/api/sources", { params: { query: { limit: PAGE } } })).data?.sources ?? []),
};

async function orNone<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return [];
    throw error;
  }
}

export const CatalogueContext = createContext<CatalogueSource>(API_CATALOGUE);

type Kind = "events" | "audiences" | "lists" | "sources";
type SeenOf<K extends Kind> = Awaited<ReturnType<CatalogueSource[K]>>;

/** Empty until it has come. */
export function useSeen<K extends Kind>(kind: K): SeenOf<K> | readonly [] {
  const source = useContext(CatalogueContext);
  const { data } = useQuery({
    queryKey: ["rules", kind],
    queryFn: async (): Promise<SeenOf<K>> => (await source[kind]()) as SeenOf<K>,
    staleTime: 60_000,
  });
  return data ?? [];
}

const MOST_EVENTS = 10;

/** Properties of some events, each once. */
export function usePropertiesOf(events: readonly string[]): readonly SeenProperty[] {
  const source = useContext(CatalogueContext);
  const wanted = [...new Set(events)].filter((event) => event !== "").slice(0, MOST_EVENTS);
  return useQueries({
    queries: wanted.map((event) => ({
      queryKey: ["rules", "properties", event],
      queryFn: () => source.properties(event),
      staleTime: 60_000,
    })),
    combine: merged,
  });
}

function merged(results: readonly { readonly data: readonly SeenProperty[] | undefined }[]): readonly SeenProperty[] {
  const byPath = Map.groupBy(
    results.flatMap(({ data }) => data ?? []),
    ({ path }) => path,
  );
  return [...byPath.entries()].map(([path, [first, ...more]]) =>
    first === undefined || more.length > 0
      ? {
          path,
          types: [...new Map([first, ...more].flatMap((one) => one?.types ?? []).map((one) => [one.type, one])).values()],
          values: [...new Set([first, ...more].flatMap((one) => one?.values ?? []))],
        }
      : first,
  );
}

/** Traits are what identify calls set; those that were computed bear the name of their own. */
export function useTraits(): readonly SeenProperty[] {
  const own = usePropertiesOf(IDENTIFY);
  const computed = usePropertiesOf(COMPUTED);
  return useMemo(() => [...own, ...computed.map((one) => ({ ...one, path: `computed.${one.path}` }))], [own, computed]);
}
const IDENTIFY = ["$identify"];
const COMPUTED = ["$computed"];

/** What the comparisons below may be about. */
export const KnownContext = createContext<readonly SeenProperty[]>([]);

export function useKnown(path: string): SeenProperty | undefined {
  return useContext(KnownContext).find((one) => one.path === path);
}

/** Values of a property, of the elements of a list too. */
export function useKnownValues(path: string): readonly (string | number | boolean)[] {
  const known = useContext(KnownContext);
  return known.find((one) => one.path === path)?.values ?? known.find((one) => one.path === `${path}[]`)?.values ?? [];
}

/** Properties of the elements of a list. */
export function elementsOf(known: readonly SeenProperty[], path: string): readonly SeenProperty[] {
  const start = `${path}[].`;
  return known.flatMap((one) => (one.path.startsWith(start) ? [{ ...one, path: one.path.slice(start.length) }] : []));
}

/** Names to offer: none that stand for an element of a list. */
export function pathsOf(known: readonly SeenProperty[]): readonly string[] {
  return [...new Set(known.map(({ path }) => path.split("[]")[0] ?? ""))].filter((path) => path !== "").toSorted();
}

/** The one type that values of a property have had, as far as it matters for comparing. */
export function onlyType(seen: SeenProperty | undefined): "text" | "number" | "boolean" | undefined {
  const types = new Set<string>(seen?.types.map(({ type }) => (type === "instant" ? "text" : type)) ?? []);
  const [type, ...more] = types;
  return more.length === 0 && (type === "text" || type === "number" || type === "boolean") ? type : undefined;
}
