import type { VersionCompare } from "./ast.ts";
import { compareVersions, parseVersion, type Version } from "./semver.ts";

/** COMPARE over versions: all bounds must hold. */
export function versionTest(compare: VersionCompare): (version: Version) => boolean {
  const { between, ...single } = compare;
  const bounds: ((version: Version) => boolean)[] = [];
  const add = (text: string | undefined, holds: (order: number) => boolean): void => {
    if (text === undefined) return;
    const bound = parseVersion(text);
    bounds.push((version) => bound !== undefined && holds(compareVersions(version, bound)));
  };
  add(single.eq, (order) => order === 0);
  add(single.ne, (order) => order !== 0);
  add(single.lt, (order) => order < 0);
  add(single.lte, (order) => order <= 0);
  add(single.gt, (order) => order > 0);
  add(single.gte, (order) => order >= 0);
  add(between?.[0], (order) => order >= 0);
  add(between?.[1], (order) => order <= 0);
  return (version) => bounds.every((holds) => holds(version));
}
