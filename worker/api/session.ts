import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { noSessionCookie, sessionCookie } from "../auth/session.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { SCOPES } from "../cold/records.ts";
import { findWorkspaceRow } from "../cold/workspace-rows.ts";
import { findMember, putMember, ROLES, SCOPES_OF, useSignInLink } from "../cold/team.ts";
import { auditEntry, route, type Context, type Route } from "./route.ts";
import { Name } from "./shapes.ts";

export const Language = z.enum(["en", "fr"]);

const Session = z
  .strictObject({
    member: z.strictObject({ id: z.string(), name: Name, role: z.enum(ROLES), language: Language }),
    workspace: z.strictObject({ id: z.string(), name: z.string(), timeZone: z.string() }),
    scopes: z.array(z.enum(SCOPES)),
    demo: z.boolean(),
  })
  .openapi("Session");

const TAG = "Session";

export const sessionRoutes: readonly Route[] = [
  route({
    method: "post",
    path: "/api/session",
    scopes: "nobody",
    tag: TAG,
    summary: "Sign in to the dashboard by a link",
    description: "A link works once. The reply sets the cookie of a session of 12 hours.",
    body: z.strictObject({ link: z.string().min(1).max(100) }).openapi("SignIn"),
    reply: z.strictObject({ signedIn: z.literal(true) }),
    async handle({ env, request, body, now }) {
      const db = database(env.DB);
      const member = await useSignInLink(db, body.link, now);
      if (member === undefined) return fail({ reason: "unauthorized", detail: "The link is none, was used, or is too old." });
      const { workspace, id } = member;
      await addAudit(db, { workspace, at: now, actor: `user:${id}`, action: "session.begin", target: `user:${id}` });
      const cookie = await sessionCookie(request, env, { workspace, member: id }, now);
      return ok({ body: { signedIn: true as const }, headers: { "set-cookie": cookie } });
    },
  }),
  route({
    method: "get",
    path: "/api/session",
    scopes: SCOPES,
    tag: TAG,
    summary: "See who is signed in, and what they may do",
    reply: Session,
    async handle(call) {
      const body = await shown(call);
      return body === undefined ? fail({ reason: "unauthorized" }) : ok({ body });
    },
  }),
  route({
    method: "put",
    path: "/api/session",
    scopes: SCOPES,
    tag: TAG,
    summary: "Choose one's own language",
    body: z.strictObject({ language: Language }).openapi("SessionBody"),
    reply: Session,
    async handle(call) {
      const { env, principal, body: said, now } = call;
      const member = await memberOf(call);
      if (member === undefined) return fail({ reason: "unauthorized" });
      const row = { ...member, language: said.language, updatedAt: now };
      await putMember(database(env.DB), row, auditEntry(call, "team.put", principal.actor));
      const body = await shown(call);
      return body === undefined ? fail({ reason: "unauthorized" }) : ok({ body });
    },
  }),
  route({
    method: "delete",
    path: "/api/session",
    scopes: "nobody",
    tag: TAG,
    summary: "Sign out",
    async handle({ request }) {
      return ok({ body: undefined, headers: { "set-cookie": noSessionCookie(request) } });
    },
  }),
];

function memberOf({ env, principal }: Context) {
  const { workspace, member } = principal;
  return member === undefined ? undefined : findMember(database(env.DB), workspace, member);
}

async function shown(call: Context): Promise<z.input<typeof Session> | undefined> {
  const db = database(call.env.DB);
  const [member, workspace] = await Promise.all([memberOf(call), findWorkspaceRow(db, call.principal.workspace)]);
  if (member === undefined || workspace === undefined) return undefined;
  const { id, name, role, language } = member;
  return {
    member: { id, name, role, language },
    workspace: { id: workspace.id, name: workspace.name, timeZone: workspace.timeZone },
    scopes: [...SCOPES_OF[role]],
    demo: call.env.DEMO === "1",
  };
}
