import { COMPUTED } from "../model/event.ts";
import { selectionsOf, type RulesetArtifact } from "./artifact.ts";
import { addTo, gather, type Lists } from "./lists.ts";

const NONE: readonly number[] = [];

/** From what an event changes to the conditions that read it: only they are touched. */
export class ConditionIndex {
  /** Conditions by the selection they read; one that reads several is under each. */
  readonly bySelection: Lists;
  /** Conditions that read several selections. */
  readonly sequences: ReadonlySet<number>;
  /** Selections of any track, page or screen call: `"event":"*"`. */
  readonly selectionsOfAnyCall: readonly number[];
  /** Conditions on what the household told. */
  readonly onHousehold: readonly number[];
  /** Conditions on a share of all profiles: they never change. */
  readonly onShare: readonly number[];
  /** Conditions on other audiences. */
  readonly onAudience: readonly number[];
  readonly #selectionsByName = new Map<string, number[]>();
  readonly #byTrait = new Map<string, number[]>();
  readonly #byComputed = new Map<string, number[]>();
  readonly #byList = new Map<string, number[]>();

  /** @param known by condition, whether this engine knows it: what it does not know is not looked at */
  constructor({ conditions, selections }: RulesetArtifact, known: readonly boolean[]) {
    const pairs: [number, number][] = [];
    const sequences = new Set<number>();
    const onHousehold: number[] = [];
    const onShare: number[] = [];
    const onAudience: number[] = [];
    for (const [index, condition] of conditions.entries()) {
      if (known[index] !== true) continue;
      switch (condition.kind) {
        case "event":
          pairs.push([condition.selection, index]);
          break;
        case "sequence":
          for (const selection of selectionsOf(condition)) pairs.push([selection, index]);
          sequences.add(index);
          break;
        case "trait": {
          const [key = "", name = ""] = condition.path;
          if (key === COMPUTED) addTo(this.#byComputed, name, index);
          else addTo(this.#byTrait, key, index);
          break;
        }
        case "list":
          addTo(this.#byList, condition.key, index);
          break;
        case "household":
          onHousehold.push(index);
          break;
        case "bucket":
          onShare.push(index);
          break;
        case "audience":
          onAudience.push(index);
      }
    }
    const ofAnyCall: number[] = [];
    for (const [index, { names }] of selections.entries()) {
      if (names === "*") ofAnyCall.push(index);
      else if (Array.isArray(names)) for (const name of names) addTo(this.#selectionsByName, name, index);
    }
    this.bySelection = gather(selections.length, pairs);
    this.selectionsOfAnyCall = ofAnyCall;
    this.sequences = sequences;
    this.onHousehold = onHousehold;
    this.onShare = onShare;
    this.onAudience = onAudience;
  }

  /** Selections that name an event. */
  selectionsNamed(name: string): readonly number[] {
    return this.#selectionsByName.get(name) ?? NONE;
  }

  /** Conditions that read a trait under this top-level key. */
  onTrait(key: string): readonly number[] {
    return this.#byTrait.get(key) ?? NONE;
  }

  onComputed(name: string): readonly number[] {
    return this.#byComputed.get(name) ?? NONE;
  }

  onList(key: string): readonly number[] {
    return this.#byList.get(key) ?? NONE;
  }
}
