import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { EventType } from "../model/event.ts";
import type { HashedIdentifier, ProfileId } from "../model/ids.ts";
import { Groups } from "./groups.testing.ts";
import { IdentityObjects } from "./objects.testing.ts";

/** With TIDELINE_FULL=1 some 100,000 identifiers of 30,000 people, else a tenth of them. */
const PEOPLE = process.env["TIDELINE_FULL"] === "1" ? 30_000 : 3_000;
const CALLS = PEOPLE * 9;
/** Small worlds, in which the same few meet again and again. */
const WORLDS = 1_000;

/** A generator that gives the same run for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const hashes = new Map<string, ProfileId>();
function named(type: string, value: string): HashedIdentifier {
  const text = `${type} ${value}`;
  const hash = hashes.get(text) ?? (createHash("sha256").update(text).digest("base64url") as ProfileId);
  hashes.set(text, hash);
  return { type, hash };
}

/** A call of somebody, with what it bears: mostly one person's. */
function call(draw: (below: number) => number, people: number, world: string): readonly [readonly HashedIdentifier[], EventType] {
  const one = draw(people);
  const other = draw(12) === 0 ? draw(people) : one;
  const bears: HashedIdentifier[] = [];
  if (draw(3) === 0) bears.push(named("userId", `${world}u${one}`));
  // Two users never come in one call but by an alias, and one of a server.
  const isAlias = bears.length > 0 && draw(200) === 0;
  if (isAlias) bears.push(named("userId", `${world}u${draw(people)}`));
  if (draw(3) > 0) bears.push(named("anonymousId", `${world}d${other}-${draw(2)}`));
  if (draw(4) === 0) bears.push(named("emailSha256", `${world}m${one}`));
  if (draw(4) === 0 || bears.length === 0) bears.push(named("ext:loyalty", `${world}c${draw(8) === 0 ? other : one}`));
  const each = bears.filter(({ hash }, place) => bears.findIndex((same) => same.hash === hash) === place);
  return [each, isAlias ? "alias" : draw(4) === 0 ? "identify" : "track"];
}

it("identifiers come together as union-find on the accepted links has them, whatever their names", () => {
  const draw = random(11);
  const [groups, objects] = [new Groups(), new IdentityObjects()];
  const began = performance.now();
  for (let n = 0; n < CALLS; n++) {
    const [bears, type] = call(draw, PEOPLE, "");
    objects.event(bears, type);
    groups.event(bears, type);
  }
  const partition = objects.partition();
  expect(partition).toEqual(groups.partition());
  process.stdout.write(
    `identifiers: ${hashes.size} of ${partition.length} people after ${CALLS} calls in ${((performance.now() - began) / 1_000).toFixed(1)} s, over ${objects.longestWay} pointers at most\n`,
  );
});

it("identifiers of few people come together so after each call", () => {
  for (let seed = 1; seed <= WORLDS; seed++) {
    const draw = random(seed);
    const [groups, objects] = [new Groups(), new IdentityObjects()];
    for (let n = 0; n < 30; n++) {
      const [bears, type] = call(draw, 4, `${seed}-`);
      objects.event(bears, type);
      groups.event(bears, type);
      expect([seed, n, objects.partition()]).toEqual([seed, n, groups.partition()]);
    }
  }
});
