import { makeTideline } from "./tideline.ts";

/** Before the first of the tests that start Tideline: what a first start builds is built once, not by three at a time that wait for each other's share of the machine. */
export async function setup(): Promise<void> {
  const first = await makeTideline();
  await first.start();
  await first.remove();
}
