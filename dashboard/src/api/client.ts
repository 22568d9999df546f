import { QueryClient } from "@tanstack/react-query";
import createFetchClient from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { Paths } from "./types.ts";

/** What the API refuses with (RFC 9457). */
export class ApiError extends Error {
  /** HTTP status; 0 where nobody answered. */
  readonly status: number;
  readonly detail: string;
  /** Where in what was sent, as JSON Pointers, and why. */
  readonly faults: readonly Fault[];

  constructor(status: number, title: string, detail: string, faults: readonly Fault[]) {
    super(title);
    this.status = status;
    this.detail = detail;
    this.faults = faults;
  }
}

export interface Fault {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly code: string;
  readonly message: string;
}

/** Calls by path and method, typed by the API's own description; throws `ApiError`. */
export const call = createFetchClient<Paths>({ baseUrl: "/", credentials: "same-origin" });
call.use({
  async onResponse({ response }) {
    if (response.ok) return;
    const problem = (await response
      .clone()
      .json()
      .catch(() => ({}))) as {
      title?: string;
      detail?: string;
      errors?: readonly Fault[];
    };
    throw new ApiError(response.status, problem.title ?? response.statusText, problem.detail ?? "", problem.errors ?? []);
  },
  onError({ error }) {
    return error instanceof ApiError ? error : new ApiError(0, String(error), "", []);
  },
});

/** The same as hooks: `api.useQuery("get", PATH, ...)`, `api.useMutation("put", PATH)`. */
export const api = createQueryClient(call);

/** What was read is read again when the window is looked at; a refusal is final, what is out of reach is tried again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
  },
});

/** After something was written: all that is shown is asked for again. */
export async function refresh(): Promise<void> {
  await queries.invalidateQueries();
}
