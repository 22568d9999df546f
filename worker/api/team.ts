import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { database } from "../cold/database.ts";
import type { MemberRow } from "../cold/schema.ts";
import { findMember, listMembers, makeSignInLink, putMember, removeMember, ROLES } from "../cold/team.ts";
import { addAudit } from "../cold/audit.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { Language } from "./session.ts";
import { iso, Name, Time } from "./shapes.ts";

const said = {
  name: Name,
  email: z.email().max(254),
  role: z.enum(ROLES).openapi({ description: "`viewer` sees numbers and rules, `editor` works, `admin` also says who may." }),
  language: Language.default("en"),
};

const Member = z.strictObject({ id: z.string(), ...said, createdAt: Time, updatedAt: Time }).openapi("Member");

const TAG = "Team";
const Params = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) });
/** ms */
const LINK_LASTS = 15 * 60_000;

export const teamRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/team",
    scopes: ["admin"],
    tag: TAG,
    summary: "List who may sign in to the dashboard",
    reply: z.strictObject({ members: z.array(Member) }),
    async handle({ env, principal }) {
      const rows = await listMembers(database(env.DB), principal.workspace);
      return ok({ body: { members: rows.map(view) } });
    },
  }),
  route({
    method: "put",
    path: "/api/team/{id}",
    scopes: ["admin"],
    tag: TAG,
    summary: "Let somebody in, or change as what",
    params: Params,
    body: z.strictObject(said).openapi("MemberBody"),
    reply: Member,
    reasons: ["last_admin"],
    async handle(call) {
      const { env, principal, params, body, now } = call;
      const { workspace } = principal;
      const row = { workspace, id: params.id, ...body, createdAt: now, updatedAt: now };
      const isPut = await putMember(database(env.DB), row, auditEntry(call, "team.put", `user:${params.id}`));
      if (!isPut) return fail({ reason: "last_admin" });
      return ok({ body: view((await findMember(database(env.DB), workspace, params.id)) ?? row) });
    },
  }),
  route({
    method: "delete",
    path: "/api/team/{id}",
    scopes: ["admin"],
    tag: TAG,
    summary: "Take somebody off the team",
    description: "Their session is over with its next call.",
    params: Params,
    reasons: ["not_found", "last_admin"],
    async handle(call) {
      const { env, principal, params } = call;
      const db = database(env.DB);
      if ((await findMember(db, principal.workspace, params.id)) === undefined) return fail({ reason: "not_found" });
      const isGone = await removeMember(db, principal.workspace, params.id, auditEntry(call, "team.delete", `user:${params.id}`));
      return isGone ? ok({ body: undefined }) : fail({ reason: "last_admin" });
    },
  }),
  route({
    method: "post",
    path: "/api/team/{id}/link",
    scopes: ["admin"],
    tag: TAG,
    summary: "Make a link by which somebody signs in",
    description: "Open `/dashboard/#link=LINK`, once, within 15 minutes. Shown this once.",
    params: Params,
    body: z.strictObject({}),
    reply: z.strictObject({ link: z.string(), expiresAt: Time }).openapi("SignInLink"),
    reasons: ["not_found"],
    async handle(call) {
      const { env, principal, params, now } = call;
      const db = database(env.DB);
      const member = await findMember(db, principal.workspace, params.id);
      if (member === undefined) return fail({ reason: "not_found" });
      await addAudit(db, auditEntry(call, "team.link", `user:${params.id}`));
      const { link, expiresAt } = await makeSignInLink(db, member, now, LINK_LASTS);
      return ok({ body: { link, expiresAt: iso(expiresAt) } });
    },
  }),
];

function view({ id, name, email, role, language, createdAt, updatedAt }: MemberRow): z.input<typeof Member> {
  return { id, name, email, role, language, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}
