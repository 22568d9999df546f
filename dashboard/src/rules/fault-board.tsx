import { Button, Group, Text } from "@mantine/core";
import { createContext, useContext, useLayoutEffect, useSyncExternalStore, type ReactNode } from "react";
import { useLanguage } from "../i18n/words.ts";
import { frenchFault } from "./fault-words.ts";
import { useRuleWords } from "./words.ts";

/** What is wrong with a rule, and where. */
export interface PlacedFault {
  /** JSON Pointer into the rule. */
  readonly pointer: string;
  readonly code: string;
  /** In English. */
  readonly message: string;
}

/**
 * Gives each fault to the control that stands nearest above its place: controls say which place is theirs while they are shown,
 * so a fault is never without one. The outermost takes what no other does.
 */
export class FaultBoard {
  #faults: readonly PlacedFault[] = [];
  readonly #claims = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #given: ReadonlyMap<string, readonly PlacedFault[]> = new Map();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(faults: readonly PlacedFault[]): void {
    this.#faults = faults;
    this.#give();
  }

  claim(pointer: string): () => void {
    this.#claims.set(pointer, (this.#claims.get(pointer) ?? 0) + 1);
    this.#give();
    return () => {
      const left = (this.#claims.get(pointer) ?? 1) - 1;
      if (left > 0) this.#claims.set(pointer, left);
      else this.#claims.delete(pointer);
      this.#give();
    };
  }

  /** Those of one place; the same array while they are the same. */
  at(pointer: string): readonly PlacedFault[] {
    return this.#given.get(pointer) ?? NONE;
  }

  #give(): void {
    const given = Map.groupBy(this.#faults, ({ pointer }) => this.#nearest(pointer));
    if (isSame(given, this.#given)) return;
    this.#given = given;
    for (const listener of this.#listeners) listener();
  }

  #nearest(pointer: string): string {
    for (let place = pointer; ; place = place.slice(0, place.lastIndexOf("/")))
      if (place === "" || this.#claims.has(place)) return place;
  }
}

const NONE: readonly PlacedFault[] = [];
type Given = ReadonlyMap<string, readonly PlacedFault[]>;

function isSame(one: Given, other: Given): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([pointer, faults]) => {
    const others = other.get(pointer) ?? NONE;
    return faults.length === others.length && faults.every((fault, index) => fault === others[index]);
  });
}

export const FaultContext = createContext(new FaultBoard());

/** Takes the faults of a place. */
function useFaultsAt(pointer: string): readonly PlacedFault[] {
  const board = useContext(FaultContext);
  useLayoutEffect(() => board.claim(pointer), [board, pointer]);
  return useSyncExternalStore(board.subscribe, () => board.at(pointer));
}

/** The same as one text, for a field's `error`. @returns undefined where nothing is wrong */
export function useFault(pointer: string): string | undefined {
  const faults = useFaultsAt(pointer);
  const say = useFaultText();
  return faults.length === 0 ? undefined : [...new Set(faults.map(say))].join(" ");
}

export function useFaultText(): (fault: PlacedFault) => string {
  const language = useLanguage();
  return (fault) => (language === "fr" ? frenchFault(fault.code) : undefined) ?? fault.message;
}

/** Removes what stands at a pointer and belongs to nothing. */
export const RemoveStray = createContext<(pointer: string) => void>(() => {});

const STRAY: ReadonlySet<string> = new Set(["unknown_key", "unknown_operator"]);

/** Shows the faults of a place by themselves: of a row, or of a group. */
export function Faults({ pointer }: { readonly pointer: string }): ReactNode {
  const faults = useFaultsAt(pointer);
  const say = useFaultText();
  const word = useRuleWords();
  const removeStray = useContext(RemoveStray);
  if (faults.length === 0) return null;
  return (
    <div style={{ flexBasis: "100%" }}>
      {faults.map((fault, index) => (
        <Group key={index} gap="xs">
          <Text size="sm" c="var(--mantine-color-error)">
            {say(fault)}
          </Text>
          {STRAY.has(fault.code) ? (
            <Button size="compact-xs" variant="default" onClick={() => removeStray(fault.pointer)}>
              {word("removeStray", { name: fault.pointer.slice(fault.pointer.lastIndexOf("/") + 1) })}
            </Button>
          ) : null}
        </Group>
      ))}
    </div>
  );
}
