import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { TCF_NO, TCF_YES } from "./consent-strings.ts";
import { fresh, publishRules, stubOf } from "./profiles.ts";
import { letDeadlinesCome, withoutDeadlines } from "./still-clock.ts";
import { collect, makeWorkspace, request, type Answer, type TestWorkspace } from "./workspace.ts";

const RULES = {
  buyer: { event: "Order Completed" },
  runner: { event: "Order Completed" },
  lapsed: { event: "Order Completed", count: { gte: 9 } },
  reader: { event: "Order Completed" },
};

let ws: TestWorkspace;
const email = `${fresh("ann")}@shop.example`;
const ids = {
  user: fresh("u"),
  anonymous: fresh("a"),
  hash: emailSha256(email),
  ifa: crypto.randomUUID(),
  phone: "+33612345678",
  id5: fresh("ID5*"),
  utiq: fresh("utiq"),
  netid: fresh("n"),
  uid2: fresh("uid2"),
  c3: fresh("card"),
};

beforeAll(async () => {
  ws = await makeWorkspace(RULES);
  await publishRules(ws.id, 1, RULES, { buyer: "ads", runner: "ads", lapsed: "ads" }, [], {
    buyer: { name: "Buyers", taxonomy: [{ segtax: 4, id: "243" }] },
  });
  const externalIds = (["id5", "utiq", "netid", "uid2", "c3"] as const).map((type) => ({ type, id: ids[type] }));
  const context = { externalIds, device: { advertisingId: ids.ifa.toUpperCase() } };
  const traits = { email, phone: ids.phone };
  await collect(ws.writeKeys.app, "identify", { userId: ids.user, anonymousId: ids.anonymous, traits, context });
  await collect(ws.writeKeys.app, "track", { userId: ids.user, event: "Order Completed" });
});

withoutDeadlines();

/** While the person's object takes no call. */
async function whileHeld<T>(work: () => Promise<T>): Promise<T> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const stub = stubOf(profileName(env.NAME_KEY, ws.id, { type: "userId", value: ids.user }));
  const held = runInDurableObject(stub, (_, state) => state.blockConcurrencyWhile(() => released));
  letDeadlinesCome();
  const answer = await work();
  release();
  await held;
  return answer;
}

describe("GET /v1/optable-compatible, as Prebid Server Java's optable-targeting calls it", () => {
  const DATA = [
    { id: "tideline", name: "tideline", segment: [{ id: "buyer", name: "Buyers" }, { id: "runner" }] },
    { id: "tideline-4", name: "tideline", segment: [{ id: "243", name: "Buyers" }], ext: { segtax: 4 } },
  ];
  const FULL = {
    audience: [{ provider: "tideline", ids: [{ id: "buyer" }, { id: "runner" }], keyspace: "seg" }],
    ortb2: { user: { data: DATA } },
  };
  const EMPTY = { audience: [], ortb2: { user: { data: [] } } };

  /** Ids and attributes in the order and the escaping of its `QueryBuilder`. */
  async function target(all: readonly string[], attributes = "&gdpr=0&timeout=50ms&osdk=prebid-server"): Promise<unknown> {
    const query = all.map((id) => `&id=${encodeURIComponent(id)}`).join("");
    const response = await exports.default.fetch(
      new Request(`http://tideline.test/v1/optable-compatible?t=shop&o=web${query}${attributes}`, {
        headers: { accept: "application/json", authorization: `Bearer ${ws.secret}`, "x-forwarded-for": "192.0.2.1" },
      }),
    );
    expect(response.status).toBe(200);
    return response.json();
  }

  it.each([
    ["the site's own id", () => [`c:${ids.user}`]],
    ["a visitor", () => [`v:${ids.anonymous}`]],
    ["a hashed e-mail", () => [`e:${ids.hash}`]],
    ["a hashed e-mail in capital letters", () => [`e:${ids.hash.toUpperCase()}`]],
    ["a phone number", () => [`p:${ids.phone}`]],
    ["an Apple device", () => [`a:${ids.ifa}`]],
    ["a Google device", () => [`g:${ids.ifa.toUpperCase()}`]],
    ["a Roku", () => [`r:${ids.ifa}`]],
    ["a Samsung television", () => [`s:${ids.ifa}`]],
    ["a Fire television", () => [`f:${ids.ifa}`]],
    ["ID5", () => [`id5:${ids.id5}`]],
    ["Utiq", () => [`utiq:${ids.utiq}`]],
    ["netID", () => [`n:${ids.netid}`]],
    ["an id of the publisher's own mapping", () => [`c3:${ids.c3}`]],
    [
      "the first that can name somebody",
      () => ["i4:192.0.2.1", "i6:2001:db8::1", "z:75001", "zz:x", "c", ":", "e:junk", `c:${ids.user}`],
    ],
  ])("knows %s", async (_, all) => {
    expect(await target(all())).toEqual(FULL);
  });

  it.each([
    ["nobody", () => []],
    ["somebody unknown before somebody known: the order is the caller's", () => [`c:${fresh("x")}`, `e:${ids.hash}`]],
    ["an address", () => ["i4:192.0.2.1"]],
    ["a prefix of a prototype", () => ["constructor:x", "__proto__:x"]],
    ["a zeroed device", () => ["a:00000000-0000-0000-0000-000000000000"]],
    ["a mapping beyond the last", () => [`c20:${ids.c3}`, `c03:${ids.c3}`]],
  ])("is empty of %s", async (_, all) => {
    expect(await target(all())).toEqual(EMPTY);
  });

  it.each([
    [`&gdpr_consent=${TCF_YES}&gdpr=1&timeout=50ms`, true],
    [`&gdpr_consent=${TCF_NO}&gdpr=1`, false],
    ["&gdpr=1", false],
    ["&gdpr=0&gpp=DBABTA~1YYN&gpp_sid=6", false],
    ["&gdpr=0&gpp=DBABTA~1YNN&gpp_sid=6,7", true],
    ["&gdpr=0&gpp=junk", false],
  ])("goes by its consent: %s", async (attributes, isTold) => {
    expect(await target([`c:${ids.user}`], attributes)).toEqual(isTold ? FULL : EMPTY);
  });

  it("is empty at the deadline", async () => {
    expect(await whileHeld(() => target([`c:${ids.user}`], "&gdpr=0&timeout=150ms"))).toEqual(EMPTY);
    expect(await target([`c:${ids.user}`], "&timeout=1ms")).toEqual(EMPTY);
  });
});

describe("POST /adcp/identity", () => {
  const match = (more: object): Promise<Answer<Record<string, unknown>>> =>
    request(
      "/adcp/identity",
      {
        $schema: "https://adcontextprotocol.org/schemas/latest/trusted-match/identity-match-request.json",
        adcp_version: "3.1",
        type: "identity_match_request",
        request_id: "id-7",
        seller_agent_url: "https://seller.example.com/agent",
        identities: [{ user_token: ids.user, uid_type: "publisher_first_party" }],
        ...more,
      },
      { authorization: `Bearer ${ws.secret}` },
    );
  const eligible = async (more: object): Promise<unknown> => {
    const { status, body } = await match(more);
    expect(status).toBe(200);
    return body["eligible_package_ids"];
  };

  it("answers in the shape of the schema", async () => {
    const { status, body, headers } = await match({});
    expect(status).toBe(200);
    expect(body).toEqual({
      type: "identity_match_response",
      request_id: "id-7",
      eligible_package_ids: ["buyer", "runner"],
      serve_window_sec: 60,
    });
    expect(headers.get("server-timing")).toMatch(/^hops;desc="1", wait;dur=\d+$/);
  });

  it("answers of the packages asked for alone, and passes over in silence what is none", async () => {
    expect(await eligible({ package_ids: ["runner", "lapsed", "made-up", "reader"] })).toEqual(["runner"]);
  });

  it.each([
    ["hashed_email", (): string => ids.hash],
    ["maid", (): string => ids.ifa],
    ["uid2", (): string => ids.uid2],
    ["id5", (): string => ids.id5],
  ])("knows a person by %s", async (type, token) => {
    expect(
      await eligible({
        identities: [
          { user_token: "x", uid_type: "other" },
          { user_token: token(), uid_type: type },
        ],
      }),
    ).toEqual(["buyer", "runner"]);
  });

  it("takes the strongest of several identities, in whatever order they come", async () => {
    const identities = [
      { user_token: ids.ifa, uid_type: "maid" },
      { user_token: fresh("unknown"), uid_type: "publisher_first_party" },
    ];
    expect(await eligible({ identities })).toEqual([]);
  });

  it("takes the request of 3.0, which has one identity", async () => {
    expect(
      await eligible({ identities: undefined, user_token: ids.user, uid_type: "publisher_first_party", package_ids: ["buyer"] }),
    ).toEqual(["buyer"]);
  });

  it.each([
    [{ gdpr: true }, false],
    [{ gdpr: true, tcf_consent: TCF_YES }, true],
    [{ gdpr: true, tcf_consent: TCF_NO }, false],
    [{ gdpr: false }, true],
    [{ us_privacy: "1YYN" }, false],
    [{ gpp: "DBABTA~1YYN" }, false],
    [{ gpp: "junk" }, false],
    ["junk", false],
    [null, true],
  ])("goes by its consent: %j", async (consent, isTold) => {
    expect(await eligible({ consent })).toEqual(isTold ? ["buyer", "runner"] : []);
  });

  it.each([
    [{ type: "context_match_request" }],
    [{ request_id: undefined }],
    [{ request_id: 7 }],
    [{ identities: [] }],
    [{ identities: [{ user_token: "x" }] }],
    [{ identities: [{ uid_type: "uid2", user_token: 7 }] }],
    [{ identities: Array.from({ length: 4 }, () => ({ user_token: "x", uid_type: "uid2" })) }],
    [{ package_ids: [] }],
    [{ package_ids: [7] }],
    [{ package_ids: "buyer" }],
  ])("refuses %j in the protocol's own shape", async (more) => {
    const { status, body } = await match(more);
    expect([status, body["type"], body["code"]]).toEqual([400, "error", "invalid_request"]);
  });

  it("finds nobody eligible at the deadline", async () => {
    expect(await whileHeld(() => eligible({}))).toEqual([]);
  });
});
