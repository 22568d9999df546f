import { afterEach, describe, expect, it } from "vitest";
import { plainAudiences } from "./audiences.ts";
import { evaluationRows } from "./evaluation.ts";
import { log, NOW } from "./people.ts";
import { personOf } from "./person.ts";
import { population } from "./population.ts";

const plain = population("plain audiences", plainAudiences(200, 1));
const person = log(50, 1);
const contender = (evaluate: () => readonly string[]) => ({ name: "other", evaluate, bar: { most: 1_000_000 } });
const rowsBeside = (evaluate: () => readonly string[]) =>
  evaluationRows(plain, [contender(evaluate)], person, { rounds: 1, fillMs: 1 });

describe("a row of a full evaluation", () => {
  const { exitCode } = process;
  afterEach(() => {
    process.exitCode = exitCode;
  });
  const right = plain.audiences.map(({ key }) => key);

  it("fails, and the run with it, where the other does not find the same audiences, whatever the times", async () => {
    const [row] = await rowsBeside(() => right);
    expect(row).toMatchObject({ pass: false, referenceName: "other: 200 match, NOT THE SAME AUDIENCES" });
    expect(process.exitCode).toBe(1);
  });
  it("fails where they are as many, but others", async () => {
    const [row] = await rowsBeside(() => []);
    const ours = Number(/: (\d+) match/.exec(row?.what ?? "")?.[1]);
    expect(ours).toBeGreaterThan(5);
    const [swapped] = await rowsBeside(() => right.slice(-ours));
    expect(swapped).toMatchObject({ pass: false, referenceName: `other: ${ours} match, NOT THE SAME AUDIENCES` });
  });
  it("is judged by its bar where it does", async () => {
    const [row] = await rowsBeside(() => plain.scan(personOf(person), NOW));
    expect(row).toMatchObject({ area: "engine", unit: "µs", pass: true });
    expect(process.exitCode).toBe(exitCode);
  });
});
