import type { CallEnvelope } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { RulesetArtifact } from "../../core/rules/artifact.ts";

/** What a shard of the panel is asked. */
interface PanelEnvelope extends CallEnvelope {
  /** Share of all people that is to be held, from above 0 to 1. A shard's only ever falls: each sample lies within the one before. */
  readonly rate: number;
}

/** `PanelObject.mirror`: these people have news. */
export interface MirrorEnvelope extends PanelEnvelope {
  readonly people: readonly ProfileId[];
}

/** `PanelObject.preview`: tries a rule, the audience `""` of the artifact, on everybody here. */
export interface PreviewEnvelope extends PanelEnvelope {
  readonly artifact: RulesetArtifact;
  /** True where what sets these people apart is asked, too. */
  readonly composition: boolean;
}

/** Answer of `preview`, as JSON text. */
export interface PanelCount {
  /** The share that it holds: lower than was asked where it once had more people than it has room for. */
  readonly rate: number;
  readonly people: number;
  readonly hits: number;
  /** Of those who were hit, how many are in each live audience. */
  readonly overlap: Readonly<Record<string, number>>;
  /** Some of them. */
  readonly sample: readonly ProfileId[];
  /** What they have, and how many of all have it: see `featuresOf`. */
  readonly features?: Readonly<Record<string, readonly [hits: number, all: number]>>;
}

/** `PanelObject.effect`: tries two rulesets on everybody here. */
export interface EffectEnvelope extends PanelEnvelope {
  readonly before: RulesetArtifact;
  readonly after: RulesetArtifact;
  /** Audiences asked about; one that a ruleset has not is nobody's under it. */
  readonly audiences: readonly string[];
}

/** Answer of `effect`, as JSON text. */
export interface EffectCount {
  readonly rate: number;
  readonly people: number;
  /** Of each audience asked about, in their order. */
  readonly audiences: readonly Turnover[];
}

/** Members under either ruleset, and who is one under the later or the earlier alone. */
export interface Turnover {
  readonly before: number;
  readonly after: number;
  readonly entered: number;
  readonly exited: number;
}
