import { useQuery } from "@tanstack/react-query";
import { api, call } from "../api/client.ts";
import type { Audience, AudienceLine } from "../api/types.ts";

/** Of the largest workspace. */
const MOST = 10_000;

/** Every audience, page after page. */
export function useAllAudiences() {
  return useQuery({ queryKey: ["audiences"], queryFn: allAudiences });
}

async function allAudiences(): Promise<readonly Audience[]> {
  const found: Audience[] = [];
  for (let cursor: string | null = ""; cursor !== null && found.length < MOST;) {
    const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor === "" ? {} : { cursor }) };
    const { data } = await call.GET("/api/audiences", { params: { query } });
    found.push(...(data?.audiences ?? []));
    cursor = data?.next ?? null;
  }
  return found;
}

/** How each moved in a week, where it stands and what names it, by its key. */
export function useAudienceLines(): ReadonlyMap<string, AudienceLine> {
  const { data } = api.useQuery("get", "/api/audience-sizes", { params: { query: {} } });
  return new Map(data?.audiences.map((line) => [line.key, line]));
}
