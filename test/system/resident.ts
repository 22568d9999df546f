import { readFileSync } from "node:fs";

/** Memory that processes hold, MB; 0 for one that has ended. */
export function residentMegabytes(processes: readonly number[]): number {
  return processes.reduce((sum, pid) => sum + megabytesOf(pid), 0);
}

function megabytesOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
