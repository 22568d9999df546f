import { api } from "../api/client.ts";

/** What is written and not published. */
export function useDraftChanges() {
  return api.useQuery("get", "/api/ruleset/diff", {}, { staleTime: 5_000, retry: false });
}

/** How many changes wait to be published. */
export function useDraftCount(): number {
  return useDraftChanges().data?.changes.length ?? 0;
}
