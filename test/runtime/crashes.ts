import { HouseholdObject } from "../../durable-objects/household/object.ts";
import { ProfileObject } from "../../durable-objects/profile/object.ts";

/** For tests: crashes of an object that another one calls. */

/** Before it has done what it was asked for, or after that, with the answer lost. */
export type Crash = "before" | "after";

const ASKED_OF_HOUSEHOLDS = ["feed", "release"] as const;

/** What one object asks of another, or the Worker of one. */
export type Asked =
  "decide" | "ingest" | "admit" | "adopt" | "stage" | "leave" | "held" | "drop" | "tell" | (typeof ASKED_OF_HOUSEHOLDS)[number];

/**
 * Lets calls of a method fail, in all objects of this isolate that have it.
 * @param when asked at each call, with what it was called with
 * @returns ends it
 */
export function crashing(method: Asked, when: (...args: readonly unknown[]) => Crash | undefined): () => void {
  const isOfHouseholds = ASKED_OF_HOUSEHOLDS.some((one) => one === method);
  const { prototype } = isOfHouseholds ? HouseholdObject : ProfileObject;
  const whole = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
  const replaced = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const crash = when(...args);
    if (crash === "before") throw new Error("crashed before");
    const result = await whole.apply(this, args);
    if (crash === "after") throw new Error("crashed after");
    return result;
  };
  Object.assign(prototype, { [method]: replaced });
  return () => Object.assign(prototype, { [method]: whole });
}
