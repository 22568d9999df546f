import { reaching } from "../wire/unavailable.ts";

/** A draft that names an audience: in its rule or, a campaign, as whom it is for or whom it leaves out. */
export interface AudienceUser {
  readonly kind: "audience" | "campaign";
  readonly key: string;
  /** Key of the audience, whether there is one or not. */
  readonly named: string;
}

/**
 * Who uses the audiences of a workspace: audiences, then campaigns, each by key. In a rule a member `audience` that is a text names one, and nothing else does.
 * @param named one of them; without, all @throws Unavailable
 */
export async function audienceUsers(DB: D1Database, workspace: string, named?: string): Promise<readonly AudienceUser[]> {
  const { results } = await reaching("D1", () =>
    DB.prepare(
      `SELECT * FROM (
         SELECT 'audience' AS kind, audience.key AS key, part.value AS named FROM audience, json_tree(audience.rule) AS part
         WHERE workspace = ?1 AND instr(rule, '"audience"') > 0 AND part.key = 'audience' AND part.type = 'text'
         UNION SELECT 'campaign', campaign.key, part.value FROM campaign, json_tree(campaign.draft, '$.rule') AS part
         WHERE workspace = ?1 AND part.key = 'audience' AND part.type = 'text'
         UNION SELECT 'campaign', campaign.key, part.value FROM campaign, json_each(campaign.draft, '$.exclude') AS part
         WHERE workspace = ?1
         UNION SELECT 'campaign', campaign.key, draft->>'audience' FROM campaign WHERE workspace = ?1
       ) WHERE named = ?2 OR (?2 IS NULL AND named IS NOT NULL) ORDER BY kind, key, named`,
    )
      .bind(workspace, named ?? null)
      .all<{ [K in keyof AudienceUser]: AudienceUser[K] }>(),
  );
  return results.filter((user) => user.kind === "campaign" || user.key !== user.named);
}
