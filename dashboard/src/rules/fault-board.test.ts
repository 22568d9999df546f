import { expect, it } from "vitest";
import { FaultBoard, type PlacedFault } from "./fault-board.tsx";

const fault = (pointer: string): PlacedFault => ({ pointer, code: "bad", message: pointer });

it("gives each fault to the nearest control above its place, and to the outermost where there is none", () => {
  const board = new FaultBoard();
  const leave = [board.claim("/all/1"), board.claim("/all/1/event")];
  board.set([fault("/all/1/event/0"), fault("/all/1/within"), fault("/all/10/event"), fault("")]);
  expect(board.at("/all/1/event")).toEqual([fault("/all/1/event/0")]);
  expect(board.at("/all/1")).toEqual([fault("/all/1/within")]);
  expect(board.at("")).toEqual([fault("/all/10/event"), fault("")]);
  leave[1]?.();
  expect(board.at("/all/1")).toEqual([fault("/all/1/event/0"), fault("/all/1/within")]);
  leave[0]?.();
  expect(board.at("")).toHaveLength(4);
});

it("tells only of what changed", () => {
  const board = new FaultBoard();
  let told = 0;
  board.subscribe(() => {
    told += 1;
  });
  const faults = [fault("/a")];
  board.set(faults);
  board.set([...faults]);
  board.claim("/b");
  expect(told).toBe(1);
  board.claim("/a");
  board.set([]);
  expect(told).toBe(3);
});
