import { z } from "@hono/zod-openapi";
import { OWN_SOURCE } from "../../core/model/campaign.ts";
import { saidHousehold } from "../../core/identity/household.ts";
import type { JournalEvent } from "../../core/model/envelope.ts";
import { HOUSEHOLD, type HouseholdStanding } from "../../core/model/household.ts";
import { fail, ok } from "../../core/model/result.ts";
import { householdStub } from "../../durable-objects/household/stub.ts";
import { profileName, profileStub } from "../../durable-objects/profile/stub.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { envelopeOf } from "../cold/profile-calls.ts";
import { reaching } from "../wire/unavailable.ts";
import { askPerson, workspaceOf } from "./person.ts";
import { ProfileParams, refusalOf } from "./profiles.ts";
import { auditEntry, route, type Route } from "./route.ts";

const Household = z
  .strictObject({
    householdId: z.string(),
    members: z.array(z.string()),
    audiences: z.array(z.string()),
    events: z.int(),
  })
  .openapi("Household");

const TAG = "Profiles";

export const householdRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/households/{id}",
    scopes: ["profiles:read"],
    tag: TAG,
    summary: "Get a household",
    params: ProfileParams,
    reply: Household,
    reasons: ["not_found"],
    async handle(call) {
      const { id } = call.params;
      const workspace = await workspaceOf(call);
      await addAudit(database(call.env.DB), auditEntry(call, "household.read", `household:${id}`));
      const asked = { ...envelopeOf(workspace, id), denied: [] };
      const text = await reaching("the household", () => householdStub(call.env, workspace, id).standing(asked));
      if (text === "") return fail({ reason: "not_found" });
      const { members, audiences, events }: HouseholdStanding = JSON.parse(text.slice(1));
      return ok({ body: { householdId: id, members: [...members], audiences: [...audiences], events } });
    },
  }),
  route({
    method: "post",
    path: "/api/profiles/{id}/household",
    scopes: ["profiles:write"],
    tag: TAG,
    summary: "Say which household a person lives in",
    description: "Until a later call or import says otherwise; `null`: in none.",
    params: ProfileParams,
    body: z.strictObject({ householdId: z.string().min(1).max(255).nullable() }).openapi("HouseholdBody"),
    reply: z.strictObject({ profileId: z.string(), householdId: z.string().nullable() }),
    reasons: ["not_found"],
    async handle(call) {
      const { env, body, now } = call;
      const said = body.householdId === null ? null : saidHousehold("group", { type: HOUSEHOLD }, body.householdId);
      if (said === undefined) {
        const fault = {
          pointer: "/householdId",
          code: "bad_household",
          message: "This names no household: it is a placeholder.",
        };
        return fail({ reason: "bad_request", faults: [fault] });
      }
      const found = await askPerson(call, call.params.id, "profile.household", (object, envelope) => object.resolve(envelope));
      if (!found.ok) return fail(refusalOf(found.error));
      const { profileId } = found.value;
      const workspace = await workspaceOf(call);
      const household = said === null ? null : profileName(env.NAME_KEY, workspace.id, said);
      const event: JournalEvent = {
        name: "$group",
        type: "group",
        time: now,
        receivedAt: now,
        messageId: `household-${crypto.randomUUID()}`,
        source: OWN_SOURCE,
        channel: "crm",
        party: "first",
        origin: { type: HOUSEHOLD, hash: profileId },
        properties: { type: HOUSEHOLD, ...(household === null ? { left: true } : {}) },
        household,
      };
      const items = [JSON.stringify(event)];
      await reaching("the profile", () =>
        profileStub(env, workspace, profileId).ingest({ ...envelopeOf(workspace, profileId), receivedAt: now, items }),
      );
      return ok({ body: { profileId, householdId: household } });
    },
  }),
];
