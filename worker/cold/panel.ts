import { estimateSize, type Estimate } from "../../core/measure/estimate.ts";
import { distinctions, type Distinction } from "../../core/measure/features.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { panelRate } from "../../core/model/panel.ts";
import type { RulesetArtifact } from "../../core/rules/artifact.ts";
import type { PanelCount, PreviewEnvelope } from "../../durable-objects/panel/calls.ts";
import { PANEL_SHARDS, panelShardOf, panelStub } from "../../durable-objects/panel/stub.ts";
import { reaching } from "../wire/unavailable.ts";
import { envelopeOf } from "./profile-calls.ts";
import type { WorkspaceRecord } from "./records.ts";
import { countProfiles, readSweep } from "./sweep-state.ts";

/** Shows the panel people who have news. @returns those whose shard could not be reached, or could not reach them */
export async function mirrorPeople(
  env: Env,
  workspace: WorkspaceRecord,
  news: readonly ProfileId[],
): Promise<readonly ProfileId[]> {
  if (news.length === 0) return [];
  // As of the last pass over all people: it grows slowly, and whoever is too many falls out with the next.
  const rate = panelRate((await readSweep(env.DB, workspace.id))?.total ?? 0);
  const shards = [...Map.groupBy(news, panelShardOf)];
  const settled = await Promise.allSettled(
    shards.map(([shard, people]) => {
      const mirror = (): Promise<void> =>
        panelStub(env, workspace, shard).mirror({ ...envelopeOf(workspace, NOBODY), rate, people });
      // Objects that were replaced under way, as by a deploy, answer the next call: the shard, and then the people's.
      return mirror().catch(mirror).catch(mirror);
    }),
  );
  return settled.flatMap((one, place) => (one.status === "rejected" ? (shards[place]?.[1] ?? []) : []));
}

/** A shard is no person's. */
const NOBODY = "" as ProfileId;

/** What a rule would select. */
export interface Preview {
  readonly size: Estimate;
  /** Live audiences, by the share of those selected who are in them, the largest first. */
  readonly overlap: readonly { readonly audience: string; readonly share: number }[];
  readonly sample: readonly ProfileId[];
  /** What sets them apart from everybody; where it was asked for. */
  readonly composition?: readonly Distinction[];
}

/** People shown of those selected. */
const MOST_SHOWN = 10;
/** Audiences and features told of. */
const MOST_TOLD = 20;

/** Tries a rule on the panel. @param artifact in which it is the audience `""` */
export async function previewRule(
  env: Env,
  workspace: WorkspaceRecord,
  artifact: RulesetArtifact,
  composition: boolean,
): Promise<Preview> {
  const population = await countProfiles(env, workspace.id);
  const asked = { ...envelopeOf(workspace, NOBODY), artifact, composition };
  const counts = await countAll(env, workspace, { ...asked, rate: panelRate(population) });
  const [hits, people] = [sum(counts.map((one) => one.hits)), sum(counts.map((one) => one.people))];
  const overlap = Object.entries(added(counts.map((one) => one.overlap)))
    .map(([audience, count]) => ({ audience, share: count / Math.max(1, hits) }))
    .toSorted((one, other) => other.share - one.share || (one.audience < other.audience ? -1 : 1));
  return {
    size: estimateSize(hits, people, Math.max(population, people)),
    overlap: overlap.slice(0, MOST_TOLD),
    sample: counts.flatMap((one) => one.sample).slice(0, MOST_SHOWN),
    ...(composition ? { composition: distinctions(pairsOf(counts), hits, people, MOST_TOLD) } : {}),
  };
}

/** Every shard's count, of one share of all people: where one holds less than was asked, less is asked of all. */
async function countAll(env: Env, workspace: WorkspaceRecord, asked: PreviewEnvelope): Promise<readonly PanelCount[]> {
  const shards = Array.from({ length: PANEL_SHARDS }, (_, shard) => panelStub(env, workspace, shard));
  const counts = await reaching("the panel", () =>
    Promise.all(shards.map(async (shard) => JSON.parse(await shard.preview(asked)) as PanelCount)),
  );
  const lowest = Math.min(...counts.map(({ rate }) => rate));
  return lowest < asked.rate ? countAll(env, workspace, { ...asked, rate: lowest }) : counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function added(records: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total = new Map<string, number>();
  for (const record of records) for (const [key, count] of Object.entries(record)) total.set(key, (total.get(key) ?? 0) + count);
  return Object.fromEntries(total);
}

function pairsOf(counts: readonly PanelCount[]): Readonly<Record<string, readonly [number, number]>> {
  const total = new Map<string, [number, number]>();
  for (const { features = {} } of counts) {
    for (const [feature, [of, all]] of Object.entries(features)) {
      const pair = total.get(feature) ?? [0, 0];
      total.set(feature, [pair[0] + of, pair[1] + all]);
    }
  }
  return Object.fromEntries(total);
}
