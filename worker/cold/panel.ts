import { estimateSize, type Estimate } from "../../core/measure/estimate.ts";
import { distinctions, type Distinction } from "../../core/measure/features.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { panelRate } from "../../core/model/panel.ts";
import type { RulesetArtifact } from "../../core/rules/artifact.ts";
import type { EffectCount, EffectEnvelope, PanelCount, Turnover } from "../../durable-objects/panel/calls.ts";
import type { PanelObject } from "../../durable-objects/panel/object.ts";
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
  const counts = await countAll(env, workspace, panelRate(population), async (shard, rate) => {
    const count: PanelCount = JSON.parse(await shard.preview({ ...asked, rate }));
    return count;
  });
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

/** A number of people as far as the panel can tell, and how many of them it has seen. */
export interface SeenSize extends Estimate {
  readonly seen: number;
}

/** What becomes of an audience. */
export interface AudienceEffect {
  readonly before: SeenSize;
  readonly after: SeenSize;
  readonly entered: SeenSize;
  readonly exited: SeenSize;
}

export interface Effect {
  /** People in the panel. */
  readonly people: number;
  /** Of each audience asked about, in their order. */
  readonly audiences: readonly AudienceEffect[];
}

/** Tries two rulesets on the panel, of all audiences asked about in one pass. */
export async function tryEffect(
  env: Env,
  workspace: WorkspaceRecord,
  rulesets: Pick<EffectEnvelope, "before" | "after" | "audiences">,
): Promise<Effect> {
  const population = await countProfiles(env, workspace.id);
  const asked = { ...envelopeOf(workspace, NOBODY), ...rulesets };
  const counts = await countAll(env, workspace, panelRate(population), async (shard, rate) => {
    const count: EffectCount = JSON.parse(await shard.effect({ ...asked, rate }));
    return count;
  });
  const people = sum(counts.map((one) => one.people));
  const sizeOf = (place: number, of: keyof Turnover): SeenSize => {
    const seen = sum(counts.map(({ audiences }) => audiences[place]?.[of] ?? 0));
    return { seen, ...estimateSize(seen, people, Math.max(population, people)) };
  };
  const audiences = rulesets.audiences.map((_, place) => ({
    before: sizeOf(place, "before"),
    after: sizeOf(place, "after"),
    entered: sizeOf(place, "entered"),
    exited: sizeOf(place, "exited"),
  }));
  return { people, audiences };
}

/** Every shard's count, of one share of all people: where one holds less than was asked, less is asked of all. */
async function countAll<Count extends { readonly rate: number }>(
  env: Env,
  workspace: WorkspaceRecord,
  rate: number,
  ask: (shard: DurableObjectStub<PanelObject>, rate: number) => Promise<Count>,
): Promise<readonly Count[]> {
  const shards = Array.from({ length: PANEL_SHARDS }, (_, shard) => panelStub(env, workspace, shard));
  const counts = await reaching("the panel", () => Promise.all(shards.map((shard) => ask(shard, rate))));
  const lowest = Math.min(...counts.map((count) => count.rate));
  return lowest < rate ? countAll(env, workspace, lowest, ask) : counts;
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
