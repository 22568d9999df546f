import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Identity } from "../../core/model/ids.ts";
import { identityName, inJurisdiction, profileName, profileStub } from "./stub.ts";

const KEY = "one key";
const ANN = { type: "userId", value: "ann@shop.example" };

describe("the name of a profile object", () => {
  it("is the same for the same identifier and gives nothing of it away", () => {
    const name = profileName(KEY, "w", ANN);
    expect(name).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(profileName(KEY, "w", { ...ANN })).toBe(name);
    expect(atob(name.replaceAll("-", "+").replaceAll("_", "/"))).not.toContain("ann");
  });

  it("differs by workspace, kind, value and key, however the parts are cut", () => {
    const names = [
      profileName(KEY, "w", ANN),
      profileName(KEY, "v", ANN),
      profileName(KEY, "w", { ...ANN, type: "anonymousId" }),
      profileName(KEY, "w", { ...ANN, value: "ann@shop.exampl" }),
      profileName("another key", "w", ANN),
      profileName(KEY, "w", { type: "a", value: 'b","c' }),
      profileName(KEY, "w", { type: 'a","b', value: "c" }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it("meets for a raw e-mail, however written, and its hash", () => {
    const raw: Identity = { kind: "email", email: "  Ann@Shop.Example " };
    const sha256 = "6a0bf011a1fc1e9a8add1728704b8ddb5d9d2701ae295a65452d9f1f1cf91be5";
    const hashed: Identity = { kind: "identifier", identifier: { type: "emailSha256", value: sha256 } };
    expect(identityName(KEY, "w", raw)).toBe(identityName(KEY, "w", { kind: "email", email: "ann@shop.example" }));
    expect(identityName(KEY, "w", raw)).toBe(identityName(KEY, "w", hashed));
  });
});

describe("where a profile object lives", () => {
  /** A namespace that keeps what it was asked for. */
  function namespace(answer: () => DurableObjectNamespace): { readonly asked: string[]; readonly it: DurableObjectNamespace } {
    const asked: string[] = [];
    const jurisdiction = (name: string): DurableObjectNamespace => {
      asked.push(name);
      return answer();
    };
    return { asked, it: { jurisdiction } as unknown as DurableObjectNamespace };
  }

  it("is the workspace's jurisdiction", () => {
    const inEurope = {} as DurableObjectNamespace;
    const { asked, it: plain } = namespace(() => inEurope);
    expect(inJurisdiction(plain, "eu")).toBe(inEurope);
    expect(asked).toEqual(["eu"]);
    expect(inJurisdiction(plain, null)).toBe(plain);
  });

  it("is the plain namespace only where the local runtime has no jurisdictions", () => {
    expect(() => env.PROFILE.jurisdiction("eu")).toThrow("not implemented in workerd");
    expect(inJurisdiction(env.PROFILE, "eu")).toBe(env.PROFILE);
  });

  it("is nowhere when a deploy asks for a jurisdiction and does not get it", () => {
    const { it: plain } = namespace(() => {
      throw new Error("no such jurisdiction");
    });
    expect(() => inJurisdiction(plain, "mars")).toThrow("no such jurisdiction");
  });

  it("is asked for by the visitor's region with the call that may create it", () => {
    const asked: unknown[] = [];
    const namespaceOf = { idFromName: (name: string) => name, get: (_: string, options?: unknown) => asked.push(options) };
    const fake = { ...env, PROFILE: namespaceOf } as unknown as Env;
    profileStub(fake, { id: "w", jurisdiction: null }, profileName(KEY, "hints", ANN), "weur");
    profileStub(fake, { id: "w", jurisdiction: null }, profileName(KEY, "hints", ANN));
    expect(asked).toEqual([{ locationHint: "weur" }, undefined]);
  });
});
