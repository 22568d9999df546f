import type { z } from "@hono/zod-openapi";
import { fail, ok, type Result } from "../../core/model/result.ts";
import type { Fault } from "../wire/problem.ts";

/** A fault in a body has a `pointer`, one in the query the name of the `parameter`; one in a draft names the audience or the campaign. */
export type RequestFault =
  | (Fault & { readonly audience?: string; readonly campaign?: string })
  | (Omit<Fault, "pointer"> & { readonly parameter: string });

/** The most faults one answer names: a body of a million unknown fields gets no answer larger than itself. */
const MOST_FAULTS = 100;

/** Reads a value by its schema. The faults are in our words and never repeat a value: it may be a secret. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: "pointer" | "parameter",
): Result<z.output<S>, readonly RequestFault[]> {
  const parsed = schema.safeParse(value, { error: wordsOf });
  return parsed.success ? ok(parsed.data) : fail(faultsOf(parsed.error, where));
}

function faultsOf(error: z.ZodError, where: "pointer" | "parameter"): readonly RequestFault[] {
  const faults: RequestFault[] = [];
  for (const issue of error.issues) {
    const fault = { code: codeOf(issue), message: issue.message };
    const ends = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [key]) : [[]];
    for (const end of ends) {
      const path = [...issue.path, ...end];
      faults.push(where === "pointer" ? { pointer: pointerOf(path), ...fault } : { parameter: String(path[0] ?? ""), ...fault });
      if (faults.length === MOST_FAULTS) return faults;
    }
  }
  return faults;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return "unknown_field";
    case "invalid_type":
      return issue.message === MISSING ? "missing" : "wrong_type";
    case "invalid_value":
      return "unknown_value";
    case "too_small":
    case "too_big":
      return "out_of_range";
    case "custom":
      return typeof issue.params?.["code"] === "string" ? issue.params["code"] : "bad_value";
    default:
      return "bad_format";
  }
}

const MISSING = "This field is needed.";

function wordsOf(issue: { readonly code?: string; readonly input?: unknown }): string | undefined {
  if (issue.code === "unrecognized_keys") return "This field is not known.";
  // zod tells a missing field from one of a wrong type only here.
  return issue.code === "invalid_type" && issue.input === undefined ? MISSING : undefined;
}
