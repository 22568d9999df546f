/**
 * Says that something failed, and nothing of whom or with what key: only the kind of error. Messages of errors are left
 * out, since what throws them may quote what it was given.
 */
export function logFault(what: string, error: unknown): void {
  const kind = error instanceof Error ? error.name : typeof error;
  // oxlint-disable-next-line no-console -- the one place where the Worker logs
  console.error(JSON.stringify({ level: "error", what, kind }));
}
