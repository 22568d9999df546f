import { forbidsProfile } from "../../core/consent/consent.ts";
import { ENVELOPE_VERSION, type CallEnvelope } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { PointerHead, ProfileHead } from "../../core/profile/head.ts";
import { LiveProfile } from "../../core/profile/live.ts";
import type { ProfileStore } from "./store.ts";

/** A pointer in memory, or a person, or null: nobody. */
export type Memory = LiveProfile | PointerHead | null;

export function isPointer(memory: Memory): memory is PointerHead {
  return memory !== null && !(memory instanceof LiveProfile);
}

/** The instant a person acts at, ms: its clock never goes back. */
export function clockOf(memory: LiveProfile): number {
  return Math.max(Date.now(), memory.clock);
}

/** What one object holds: in memory, which is a cache, and in storage, which is the truth. */
export class Holding {
  readonly store: ProfileStore;
  /** Undefined where storage says it: at first, and after anything has failed. */
  memory: Memory | undefined;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  /** What is here, for the workspace that asks: another's is nobody. */
  wake(envelope: CallEnvelope): Memory {
    this.memory ??= this.#load(envelope.name);
    const workspace = this.memory instanceof LiveProfile ? this.memory.head.workspace : this.memory?.workspace;
    return workspace === envelope.workspace ? this.memory : null;
  }

  #load(name: ProfileId): Memory {
    const stored = this.store.head();
    if (stored === undefined) return null;
    const { head, open } = stored;
    return head.kind === "pointer" ? head : new LiveProfile(head, name, open, this.store);
  }

  /** For an alarm, which does not know the name of its object. */
  head(): ProfileHead | PointerHead | undefined {
    return this.memory instanceof LiveProfile ? this.memory.head : (this.memory ?? this.store.head()?.head);
  }

  /** The pointer here whose journal is still on its way. */
  moving(): PointerHead | undefined {
    const head = this.head();
    return head?.kind === "pointer" && head.moving ? head : undefined;
  }

  becomePointer(head: PointerHead): PointerHead {
    // A journal that is still on its way stays until it has arrived, wherever it is to go by then.
    const isOnItsWay = isPointer(this.memory ?? null) && head.moving;
    const open = this.memory instanceof LiveProfile ? this.memory.open : isOnItsWay ? this.store.head()?.open : undefined;
    this.memory = undefined;
    this.store.commit({ head, open: open ?? [] });
    this.memory = head;
    return head;
  }

  /** A pointer is a profile of its own from now on, without a journal yet. */
  becomeProfile(head: ProfileHead): void {
    this.memory = undefined;
    this.store.commit({ head, open: [] });
  }
}

/** The call that an alarm makes in the place of a caller: with what the head knows. */
export function callOf(head: ProfileHead | PointerHead, name: ProfileId): CallEnvelope {
  const { workspace, jurisdiction, retentionMs = 0 } = head;
  const { ruleset, newest = 0 } = head.kind === "profile" ? head : { ruleset: 0 };
  return { v: ENVELOPE_VERSION, workspace, jurisdiction, name, retentionMs, ruleset: Math.max(ruleset, newest) };
}

/** Whether what others say of a person may be kept: not of nobody, and not of who refuses to be known. */
export function isTakenBy(memory: Memory): boolean {
  return memory instanceof LiveProfile && !forbidsProfile(memory.head.consent ?? {});
}
