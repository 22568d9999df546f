import { randomBytes } from "node:crypto";
import { and, asc, eq, sql } from "drizzle-orm";
import { auditIfChanged, type AuditEntry } from "./audit.ts";
import { inTransaction, type Database } from "./database.ts";
import { hashKey, SCOPES, type Scope } from "./records.ts";
import { members, signInLinks, type MemberRow, type Role } from "./schema.ts";

/** Who may sign in to the dashboard of a workspace, as what, and the links by which they do. */

export const ROLES = ["admin", "editor", "viewer"] as const satisfies readonly Role[];

/** A viewer sees numbers and rules and nobody's person; an editor does a marketer's work; an admin says who may. */
export const SCOPES_OF: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ["kpis:read"],
  editor: SCOPES.filter((scope) => scope !== "admin" && scope !== "decide"),
  admin: SCOPES,
};

/** More are no team. */
export const MOST_MEMBERS = 500;

export function findMember(db: Database, workspace: string, id: string): Promise<MemberRow | undefined> {
  return db
    .select()
    .from(members)
    .where(and(eq(members.workspace, workspace), eq(members.id, id)))
    .get();
}

/** By name. */
export function listMembers(db: Database, workspace: string): Promise<MemberRow[]> {
  return db.select().from(members).where(eq(members.workspace, workspace)).orderBy(asc(members.name)).limit(MOST_MEMBERS);
}

/** Makes or changes one. @returns false where the workspace would have no admin */
export async function putMember(db: Database, row: MemberRow, entry: AuditEntry): Promise<boolean> {
  const { name, email, role, language, updatedAt } = row;
  const [put] = await inTransaction(db, [
    db
      .insert(members)
      .values(row)
      .onConflictDoUpdate({
        target: [members.workspace, members.id],
        set: { name, email, role, language, updatedAt },
        setWhere: sql`${role} = 'admin' or ${mayGo(row.workspace, row.id)}`,
      }),
    auditIfChanged(db, entry),
  ]);
  return put.meta.changes > 0;
}

/** Takes one off the team: the next call of their session is nobody's. @returns false where the workspace would have no admin, or there is no such member */
export async function removeMember(db: Database, workspace: string, id: string, entry: AuditEntry): Promise<boolean> {
  const [removed] = await inTransaction(db, [
    db.delete(members).where(and(eq(members.workspace, workspace), eq(members.id, id), mayGo(workspace, id))),
    auditIfChanged(db, entry),
    db.delete(signInLinks).where(and(eq(signInLinks.workspace, workspace), eq(signInLinks.member, id))),
  ]);
  return removed.meta.changes > 0;
}

/** True of a row that is no admin's, and of an admin who is not the only one. */
function mayGo(workspace: string, id: string) {
  return sql`(${members.role} <> 'admin' or exists (select 1 from ${members} as other where other.workspace = ${workspace} and other.role = 'admin' and other.id <> ${id}))`;
}

/** Makes a link by which a member signs in, once. @param lastsMs how long it holds @returns its code, of which only the hash is kept */
export async function makeSignInLink(
  db: Database,
  { workspace, id }: Pick<MemberRow, "workspace" | "id">,
  now: number,
  lastsMs: number,
): Promise<{ readonly link: string; readonly expiresAt: number }> {
  const link = randomBytes(24).toString("base64url");
  const expiresAt = now + lastsMs;
  await inTransaction(db, [
    db.delete(signInLinks).where(sql`${signInLinks.expiresAt} < ${now}`),
    db.insert(signInLinks).values({ hash: hashKey(link), workspace, member: id, expiresAt }),
  ]);
  return { link, expiresAt };
}

/** Uses a link up: of two who use it at once one signs in. @returns whose it was; undefined where it is none, or too old */
export async function useSignInLink(db: Database, link: string, now: number): Promise<MemberRow | undefined> {
  const used = await db
    .delete(signInLinks)
    .where(eq(signInLinks.hash, hashKey(link)))
    .returning()
    .get();
  return used === undefined || used.expiresAt < now ? undefined : findMember(db, used.workspace, used.member);
}
