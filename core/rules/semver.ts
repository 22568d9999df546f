/** A version by semver 2.0: what precedence looks at. Build metadata says nothing of it. */
export interface Version {
  /** Major, minor and patch as digits without leading zeros: they may be longer than a number holds. */
  readonly core: readonly [string, string, string];
  /** Empty for a release. */
  readonly prerelease: readonly string[];
}

const NUMBER = "(0|[1-9][0-9]*)";
const FORM = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z.-]+))?(?:\\+([0-9A-Za-z.-]+))?$`);
const DIGITS = /^[0-9]+$/;

/**
 * Reads a version (semver 2.0.0, items 2, 9 and 10): three numbers, no `v` before them.
 * @returns undefined for any other text
 */
export function parseVersion(text: string): Version | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, major = "", minor = "", patch = "", prereleaseText, build] = match;
  const prerelease = prereleaseText?.split(".") ?? [];
  if (prerelease.some((part) => part === "" || (part.length > 1 && part.startsWith("0") && DIGITS.test(part)))) return undefined;
  if (build?.split(".").includes("")) return undefined;
  return { core: [major, minor, patch], prerelease };
}

/** Precedence of versions (semver 2.0.0, item 11): negative where `a` comes first, 0 where neither does. */
export function compareVersions(a: Version, b: Version): number {
  for (let at = 0; at < 3; at++) {
    const order = compareNumbers(a.core[at] ?? "", b.core[at] ?? "");
    if (order !== 0) return order;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  const shared = Math.min(a.prerelease.length, b.prerelease.length);
  for (let at = 0; at < shared; at++) {
    const order = compareIdentifiers(a.prerelease[at] ?? "", b.prerelease[at] ?? "");
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
}

/** Numbers before words; numbers by size, words by their ASCII. */
function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [DIGITS.test(a), DIGITS.test(b)];
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return aIsNumber ? compareNumbers(a, b) : compareTexts(a, b);
}

function compareNumbers(a: string, b: string): number {
  return a.length === b.length ? compareTexts(a, b) : a.length - b.length;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
