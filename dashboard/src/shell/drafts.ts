import { api } from "../api/client.ts";

/** What is written and not published. */
export function useDraftChanges() {
  return api.useQuery("get", "/api/ruleset/diff", {}, { staleTime: 5_000, retry: false });
}

/** How many changes wait to be published. */
export function useDraftCount(): number {
  const { data } = useDraftChanges();
  return data === undefined ? 0 : data.total.added + data.total.changed + data.total.removed;
}
