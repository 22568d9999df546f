import { api } from "../api/client.ts";

/** How many changes wait to be published. */
export function useDraftCount(): number {
  const { data } = api.useQuery("get", "/api/ruleset/diff", {}, { staleTime: 5_000 });
  return data?.changes.length ?? 0;
}
