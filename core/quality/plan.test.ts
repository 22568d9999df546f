import { describe, expect, it } from "vitest";
import type { EventType } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { compilePlan, type Judged, type Plan, type PlanDocument } from "./plan.ts";

const NONE: PlanDocument = { events: {}, unplanned: "allow", personal: { email: "allow", card: "allow" } };

function planOf(changes: Partial<PlanDocument>): Plan {
  const compiled = compilePlan({ ...NONE, ...changes });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}

const reader = {
  zone: "Europe/Paris",
  parseJson: (text: string) => JSON.parse(text),
  hash: (kind: string, normal: string) => `#${kind.length}${normal.length}`,
};

const judge = (changes: Partial<PlanDocument>, event: JsonObject, type: EventType = "track"): Judged =>
  planOf(changes).judge(event, type, reader);

const track = (event: string, properties: JsonObject = {}): JsonObject => ({ event, properties, userId: "u" });

describe("what is fixed on the way in", () => {
  const events = {
    order_completed: { rename: "Order Completed", properties: { rename: { amount: "total" } } },
    "Order Completed": {
      properties: {
        rename: { cur: "currency", "meta.coupon": "coupon" },
        types: { total: "number", "products[].price": "decimal-comma", at: "unix", gift: "boolean" },
      },
    },
  } as const;

  it("is a name, names of properties and types, also of each element", () => {
    const properties = {
      amount: "12.50",
      cur: "EUR",
      meta: { coupon: "X", rest: 1 },
      products: [{ price: "1.234,50" }, { price: 3 }, "?"],
      at: 1_700_000_000,
      gift: "yes",
    };
    expect(judge({ events }, track("order_completed", properties)).event).toEqual(
      track("Order Completed", {
        total: 12.5,
        currency: "EUR",
        coupon: "X",
        meta: { rest: 1 },
        products: [{ price: 1_234.5 }, { price: 3 }, "?"],
        at: "2023-11-14T22:13:20.000Z",
        gift: true,
      }),
    );
  });

  it("puts nothing over what stands there, and leaves what it cannot read", () => {
    const properties = { total: "twelve", currency: "EUR", cur: "USD", gift: 7, at: null };
    expect(judge({ events }, track("Order Completed", properties)).event["properties"]).toEqual(properties);
  });

  it("leaves another event as it is, itself", () => {
    const event = track("Other", { amount: "1" });
    expect(judge({ events }, event)).toEqual({ event });
  });

  it("reaches traits and pages", () => {
    const of = {
      $identify: { properties: { types: { age: "integer" } } },
      $page: { properties: { rename: { u: "url" } } },
    } as const;
    expect(judge({ events: of }, { traits: { age: "41" } }, "identify").event).toEqual({ traits: { age: 41 } });
    expect(judge({ events: of }, { type: "page", properties: { u: "/x" } }, "page").event["properties"]).toEqual({ url: "/x" });
  });
});

describe("what is not as planned", () => {
  const schema = { required: ["total"], properties: { total: { type: "number" } } };

  it.each([
    [{ schema }, "quarantine"],
    [{ schema, violation: "drop" as const }, "drop"],
    [{ schema, violation: "allow" as const }, "allow"],
  ] as const)("of %j", (planned, handling) => {
    const changes = { events: { Buy: planned } };
    expect(judge(changes, track("Buy", { total: "1" })).verdict).toEqual({
      handling,
      code: "plan_violation",
      detail: "/total is not of a type(s) number",
    });
    expect(judge(changes, track("Buy", { total: 1 })).verdict).toBeUndefined();
    expect(judge(changes, { event: "Buy" }).verdict?.detail).toBe('requires property "total"');
  });

  it("is asked of what came of the fixes", () => {
    const events = { buy: { rename: "Buy" }, Buy: { schema, properties: { types: { total: "number" as const } } } };
    expect(judge({ events }, track("buy", { total: "1" }))).toEqual({ event: track("Buy", { total: 1 }) });
  });

  it("is an event without a plan, where only planned ones are wanted", () => {
    const events = { buy: { rename: "Buy" } };
    expect(judge({ events, unplanned: "quarantine" }, track("Other")).verdict).toEqual({
      handling: "quarantine",
      code: "unplanned_event",
    });
    expect(judge({ events, unplanned: "drop" }, { traits: {} }, "identify").verdict?.handling).toBe("drop");
    expect(judge({ events, unplanned: "drop" }, track("buy")).verdict).toBeUndefined();
  });

  it("is read of a page with its name, as rules do", () => {
    const events = { $page: { schema: { required: ["name"] } } };
    expect(judge({ events }, { name: "Home" }, "page").verdict).toBeUndefined();
    expect(judge({ events }, { properties: {} }, "page").verdict?.code).toBe("plan_violation");
  });

  it.each([[{ event: 7 }], [{}], [{ event: "Buy", properties: [] }]])("is not said of what is no event: %j", (event) => {
    expect(judge({ events: { Buy: { schema: false } }, unplanned: "drop" }, event)).toEqual({ event });
  });
});

describe("personal data where none should be", () => {
  const hash = { personal: { email: "hash", card: "hash" } } as const;
  const keep = { personal: { email: "quarantine", card: "quarantine" } } as const;

  it("is hashed: in properties, in the context, in a name", () => {
    const event = { ...track("Mail ana@b.fr", { note: "4111111111111111" }), context: { page: { url: "/?m=ana%40b.fr" } } };
    expect(judge(hash, event)).toEqual({
      event: { ...track("Mail email:#58", { note: "card:#416" }), context: { page: { url: "/?m=email:#58" } } },
    });
  });

  it("goes to quarantine, the card before the address", () => {
    expect(judge(keep, track("Buy", { note: "ana@b.fr" })).verdict).toEqual({ handling: "quarantine", code: "personal_email" });
    const both = track("Buy", { a: "ana@b.fr", b: 4_111_111_111_111_111 });
    expect(judge(keep, both)).toEqual({ event: both, verdict: { handling: "quarantine", code: "personal_card" } });
  });

  it("is where it belongs in an identify, in identifiers and where the plan says so", () => {
    const identify = { traits: { email: "ana@b.fr", phone: "+33612345678", age: 4 }, userId: "ana@b.fr" };
    for (const way of [hash, keep]) {
      expect(judge(way, identify, "identify")).toEqual({ event: identify });
      const event = {
        ...track("Buy"),
        context: { externalIds: [{ type: "email", id: "ana@b.fr" }], traits: { email: "ana@b.fr" } },
      };
      expect(judge(way, event)).toEqual({ event });
      const signup = track("Signed Up", { email: "ana@b.fr", form: { email: "ana@b.fr" } });
      expect(judge({ ...way, events: { "Signed Up": { personal: ["email", "form.email"] } } }, signup)).toEqual({
        event: signup,
      });
    }
    expect(judge(keep, { traits: { nickname: "ana@b.fr" } }, "identify").verdict?.code).toBe("personal_email");
  });
});

describe("a plan that is none", () => {
  const faultsOf = (events: PlanDocument["events"]): readonly (readonly [string, string])[] => {
    const compiled = compilePlan({ ...NONE, events });
    return compiled.ok ? [] : compiled.error.map(({ pointer, code }) => [pointer, code]);
  };

  it.each<[PlanDocument["events"], string, string]>([
    [{ "a/b": { schema: { typ: "x" } } }, "/events/a~1b/schema/typ", "unknown_keyword"],
    [{ a: { properties: { types: { "x..y": "number" } } } }, "/events/a/properties/types/x..y", "bad_path"],
    [{ a: { properties: { rename: { "x[].y": "z" } } } }, "/events/a/properties/rename/x[].y", "path_in_array"],
    [{ a: { personal: ["x[]"] } }, "/events/a/personal/0", "path_in_array"],
    [{ $click: {} }, "/events/$click", "reserved_name"],
    [{ a: { rename: "$page" } }, "/events/a/rename", "reserved_name"],
    [{ $page: { rename: "a" } }, "/events/$page/rename", "not_renamable"],
    [{ a: { rename: "b" }, b: { rename: "c" } }, "/events/a/rename", "chain_of_names"],
    [{ a: { rename: "b", schema: true } }, "/events/a/schema", "renamed_entry"],
  ])("%j", (events, pointer, code) => {
    expect(faultsOf(events)).toContainEqual([pointer, code]);
  });
});
