import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Identifier } from "../../core/model/ids.ts";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call, fresh, stubOf } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await makeWorkspace({ buyers: { event: "Order Completed" } });
});

const nameOf = (identifier: Identifier): ReturnType<typeof profileName> => profileName(env.NAME_KEY, ws.id, identifier);
const leadsTo = async (identifier: Identifier): Promise<string> =>
  stubOf(nameOf(identifier)).resolve(call(ws.id, nameOf(identifier)));

describe("the further identifiers of a call", () => {
  it("lead to its user: the e-mail and phone of an identify, external ids of every call", async () => {
    const userId = fresh("u");
    const email = `${fresh("Ann")}@Shop.example`;
    const phone = `+33${Math.floor(600_000_000 + Math.random() * 1e8)}`;
    const card = fresh("card");
    const externalIds = [{ type: "loyalty", id: card }];
    await collect(ws.writeKeys.web, "identify", { userId, traits: { email, phone } });
    await collect(ws.writeKeys.store, "track", { userId, event: "Order Completed", context: { externalIds } });
    for (const identity of [{ email }, { emailSha256: emailSha256(email) }, { externalId: { type: "loyalty", id: card } }]) {
      const { body } = await decideOver(ws.secret, { identity });
      expect(body).toMatchObject({ known: true, profileId: nameOf({ type: "userId", value: userId }), audiences: ["buyers"] });
    }
    expect(await leadsTo({ type: "phone", value: phone })).toBe(`@${nameOf({ type: "userId", value: userId })}`);
  });

  it("stay whose they were first: two users of one e-mail are two", async () => {
    const [one, two] = [fresh("u"), fresh("u")];
    const email = `${fresh("shared")}@shop.example`;
    await collect(ws.writeKeys.web, "identify", { userId: one, traits: { email } });
    await collect(ws.writeKeys.web, "identify", { userId: two, traits: { email } });
    expect((await decideOver(ws.secret, { identity: { email } })).body).toMatchObject({
      profileId: nameOf({ type: "userId", value: one }),
    });
  });

  it("are whom a server's event without user belongs to, until a user takes it over", async () => {
    const card = fresh("card");
    const userId = fresh("u");
    const context = { externalIds: [{ type: "loyalty", id: card }] };
    await collect(ws.writeKeys.store, "track", { event: "Order Completed", context });
    const identity = { externalId: { type: "loyalty", id: card } };
    expect((await decideOver(ws.secret, { identity })).body).toMatchObject({ known: true, audiences: ["buyers"] });
    await collect(ws.writeKeys.store, "identify", { userId, context });
    expect((await decideOver(ws.secret, { identity: { userId } })).body).toMatchObject({ known: true, audiences: ["buyers"] });
  });

  it("are nobody to a device's call, which needs an id of its own", async () => {
    const context = { externalIds: [{ type: "loyalty", id: fresh("card") }] };
    const { body } = await collect(ws.writeKeys.web, "track", { event: "e", context });
    expect(body).toMatchObject({ rejected: 1, errors: [{ code: "missing_identity" }] });
  });
});
