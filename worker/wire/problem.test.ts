import { describe, expect, it } from "vitest";
import packageJson from "../../package.json";
import { problem, refuse } from "./problem.ts";
import { REASONS, type Reason } from "./reasons.ts";
import { VERSION } from "./version.ts";

const reasons = Object.keys(REASONS) as Reason[];

describe("a refusal", () => {
  it.each(reasons)("of %s is a problem document of RFC 9457 under its own status", async (reason) => {
    const response = refuse(reason);
    expect(response.status).toBe(REASONS[reason].status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      type: `urn:tideline:problem:${reason}`,
      title: REASONS[reason].title,
      status: REASONS[reason].status,
      code: reason,
    });
  });

  it("may say more: a sentence, members, headers", async () => {
    const errors = [{ pointer: "/rule", code: "empty_group", message: "A group needs at least one condition." }];
    const response = refuse("rate_limited", "Try later.", { members: { errors }, headers: { "retry-after": "3" } });
    expect(response.headers.get("retry-after")).toBe("3");
    expect(await response.json()).toMatchObject({ detail: "Try later.", errors, status: 429 });
  });

  it("challenges where a key is missing, but never makes a browser ask for a password", () => {
    expect(refuse("unauthorized").headers.get("www-authenticate")).toMatch(/^Bearer /);
    expect(refuse("forbidden_scope").headers.get("www-authenticate")).toBeNull();
  });

  it("bears the status it is sent under", async () => {
    const response = problem(500, "unavailable");
    expect(await response.json()).toMatchObject({ status: 500 });
  });
});

describe("the version", () => {
  it("is that of package.json", () => {
    expect(VERSION).toBe(packageJson.version);
  });
});
