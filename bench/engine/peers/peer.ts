import type { Json } from "../../../core/model/json.ts";
import type { Audience, PlainRule } from "../rules.ts";

export type Traits = Readonly<Record<string, Json>>;

/** Another engine, given the same audiences: it says which of them a person is in, in their order. */
export interface Peer {
  readonly name: string;
  readonly prepare: (audiences: readonly Audience<PlainRule>[]) => (traits: Traits) => string[] | Promise<string[]>;
}

/** A peer that answers one rule at a time: asked all of them in a row. */
export function inARow(name: string, ready: (rule: PlainRule) => (traits: Traits) => boolean): Peer {
  return {
    name,
    prepare: (audiences) => {
      const rules = audiences.map(({ key, rule }) => ({ key, holds: ready(rule) }));
      return (traits) => {
        const keys: string[] = [];
        for (const { key, holds } of rules) if (holds(traits)) keys.push(key);
        return keys;
      };
    },
  };
}
