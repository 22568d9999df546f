/** Milliseconds of one call: the mean over as many in a row as fill the time. */
export async function msPerCall(call: () => unknown, fillMs: number): Promise<number> {
  const began = performance.now();
  let ms = 0;
  let calls = 0;
  do {
    const answer = call();
    if (answer instanceof Promise) await answer;
    calls += 1;
    ms = performance.now() - began;
  } while (ms < fillMs);
  return ms / calls;
}
