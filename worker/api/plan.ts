import { z } from "@hono/zod-openapi";
import { isJsonObject, type JsonObject } from "../../core/model/json.ts";
import { fail, ok } from "../../core/model/result.ts";
import { compilePlan, TYPE_FIXES, type PlanDocument } from "../../core/quality/plan.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { rememberWorkspace } from "../auth/cache.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { heldPlan, NO_PLAN, planEtag, putPlan, type StoredPlan } from "../cold/plans.ts";
import { planReader } from "../collect/plan.ts";
import { workspaceOf } from "./person.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Time } from "./shapes.ts";

const Handling = z.enum(["allow", "quarantine", "drop"]);
const Path = z.string().min(1).max(300);

const MOST_EVENTS = 1_000;
const MOST_PROPERTIES = 500;

const few = <V extends z.ZodType>(of: V, most: number) =>
  z.record(z.string().min(1).max(300), of).refine((record) => Object.keys(record).length <= most, {
    error: `There are ${most} at most.`,
    params: { code: "out_of_range" },
  });

const PlannedEvent = z
  .strictObject({
    description: z.string().max(1_000).optional(),
    rename: z.string().min(1).max(200).optional().openapi({
      description: "The name it is to bear. What else is planned for it stands with that name.",
    }),
    properties: z
      .strictObject({
        rename: few(Path, MOST_PROPERTIES).optional().openapi({
          description: "From the path at which a value arrives to the one where it belongs. What stands there already stays.",
        }),
        types: few(z.enum(TYPE_FIXES), MOST_PROPERTIES).optional().openapi({
          description:
            "What a value that is a text is read as; what cannot be read stays as it is. `[]` after a key is each element.",
        }),
      })
      .optional(),
    schema: z
      .custom<JsonObject | boolean>((value) => typeof value === "boolean" || isJsonObject(value), {
        error: "A schema is an object, true or false.",
        params: { code: "wrong_type" },
      })
      .optional()
      .openapi({
        type: "object",
        description:
          "JSON Schema (draft 7) of the properties, or of the traits, after renaming and typing. Patterns are of RE2; `$ref` leads within the schema.",
        example: { required: ["total"], properties: { total: { type: "number" } } },
      }),
    violation: Handling.optional().openapi({
      description: "What becomes of an event that the schema does not hold of; `quarantine` without.",
    }),
    personal: z.array(Path).max(100).optional().openapi({ description: "Properties in which personal data may stand." }),
  })
  .openapi("PlannedEvent");

const Personal = z.enum(["allow", "quarantine", "hash"]);

const PlanBody = z
  .strictObject({
    events: few(PlannedEvent, MOST_EVENTS).default({}).openapi({
      description:
        "By the name under which an event arrives; `$page`, `$screen`, `$identify`, `$group`, `$alias` for the other calls.",
    }),
    unplanned: Handling.default("allow").openapi({ description: "What becomes of events that are not named." }),
    personal: z
      .strictObject({ email: Personal.default("allow"), card: Personal.default("allow") })
      .default({ email: "allow", card: "allow" })
      .openapi({ description: "What becomes of an e-mail address, or a card's number, where none should be." }),
  })
  .openapi("PlanBody");

const TrackingPlan = z
  .strictObject({
    version: z.int().openapi({ description: "0: none was written yet." }),
    events: z.record(z.string(), PlannedEvent),
    unplanned: Handling,
    personal: z.strictObject({ email: Personal, card: Personal }),
    updatedAt: Time.nullable(),
  })
  .openapi("Plan");

const Judgement = z
  .strictObject({
    outcome: z.enum(["as_planned", "allowed", "quarantined", "dropped"]).openapi({
      description: "`allowed`: not as planned, taken all the same.",
    }),
    code: z.string().nullable(),
    detail: z.string().nullable(),
    event: z.unknown().openapi({ description: "As it would be taken: renamed, typed, hashed." }),
  })
  .openapi("PlanJudgement");

const Event = z
  .custom<JsonObject>(isJsonObject, { error: "An event is an object.", params: { code: "wrong_type" } })
  .openapi({ type: "object" });

const TAG = "Tracking plan";
const OUTCOMES = { allow: "allowed", quarantine: "quarantined", drop: "dropped" } as const;

export const planRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/plan",
    scopes: ["admin", "rules:write", "kpis:read"],
    tag: TAG,
    summary: "Get the tracking plan",
    reply: TrackingPlan,
    async handle({ env, principal }) {
      return ok(answer(await heldPlan(env.PUBLISHED, principal.workspace)));
    },
  }),
  route({
    method: "put",
    path: "/api/plan",
    scopes: ["admin"],
    tag: TAG,
    summary: "Replace the tracking plan",
    description:
      "Holds of what is collected from now on, in other isolates within 60 s, and of replays. `If-Match` with the ETag, where given, must hold.",
    body: PlanBody,
    reply: TrackingPlan,
    reasons: ["invalid_plan", "precondition_failed"],
    async handle(call) {
      const { env, principal, conditions, now } = call;
      const document = documentOf(call.body);
      const compiled = compilePlan(document);
      if (!compiled.ok) return fail({ reason: "invalid_plan", faults: compiled.error });
      // First: what cannot be noted does not happen.
      const entry = auditEntry(call, "plan.put", "plan");
      await addAudit(database(env.DB), entry);
      const written = { document, createdAt: now, createdBy: entry.actor };
      const put = await putPlan(env.PUBLISHED, principal.workspace, conditions, written);
      if (!put.ok) return fail({ reason: put.error });
      rememberWorkspace(put.value.record);
      return ok(answer(put.value.plan));
    },
  }),
  route({
    method: "post",
    path: "/api/plan/check",
    scopes: ["admin", "rules:write", "kpis:read"],
    tag: TAG,
    summary: "Try a tracking plan",
    description: "What would become of these events, under the plan given or the one that holds. Stores nothing.",
    body: z
      .strictObject({
        plan: PlanBody.optional(),
        events: z.array(Event).min(1).max(100).openapi({ description: "As `POST /v1/batch` takes them, each with its `type`." }),
      })
      .openapi("PlanCheckBody"),
    reply: z.strictObject({ judgements: z.array(Judgement) }),
    reasons: ["invalid_plan"],
    async handle(call) {
      const { env, body } = call;
      const workspace = await workspaceOf(call);
      const document =
        body.plan === undefined ? ((await heldPlan(env.PUBLISHED, workspace.id))?.document ?? NO_PLAN) : documentOf(body.plan);
      const compiled = compilePlan(document);
      if (!compiled.ok) return fail({ reason: "invalid_plan", faults: compiled.error });
      const reader = planReader(workspace, (identifier) => profileName(env.NAME_KEY, workspace.id, identifier));
      const judgements = body.events.map((sent) => {
        const { event, verdict } = compiled.value.judge(sent, undefined, reader);
        const outcome = verdict === undefined ? ("as_planned" as const) : OUTCOMES[verdict.handling];
        return { outcome, code: verdict?.code ?? null, detail: verdict?.detail ?? null, event };
      });
      return ok({ body: { judgements } });
    },
  }),
];

/** What came as JSON has no member that is undefined, which the shape cannot say. */
function documentOf(body: z.output<typeof PlanBody>): PlanDocument {
  return body as PlanDocument;
}

function answer(plan: StoredPlan | undefined) {
  const { events, unplanned, personal } = plan?.document ?? NO_PLAN;
  const version = plan?.version ?? 0;
  const updatedAt = plan === undefined ? null : iso(plan.createdAt);
  const body = { version, events: { ...events }, unplanned, personal: { ...personal }, updatedAt } as z.input<
    typeof TrackingPlan
  >;
  return { body, headers: { etag: `"${planEtag(version)}"` } };
}
