import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT } from "./bundle.ts";

/**
 * A check that cannot fail is worse than none: plants one fault for each check in a copy of the project and sees that
 * check, and not another of its kind, go red.
 */
interface Plant {
  readonly fault: string;
  /** File that gets the fault appended (made where it is not there). */
  readonly file: string;
  readonly text: string;
  readonly check: readonly string[];
  /** What the check must say: red for another reason proves nothing. */
  readonly says: string;
}

const PLANTS: readonly Plant[] = [
  {
    fault: "a type error in core",
    file: "core/model/planted.ts",
    text: "export const planted: number = 'text';\n",
    check: ["npm", "run", "types"],
    says: "core/model/planted.ts",
  },
  {
    fault: "an index that may be undefined, in the Worker",
    file: "worker/wire/planted.ts",
    text: "export const planted = (texts: string[]): number => texts[0].length;\n",
    check: ["npm", "run", "types"],
    says: "worker/wire/planted.ts",
  },
  {
    fault: "a binding in wrangler.toml that Env does not know",
    file: "wrangler.toml",
    text: '\n[[kv_namespaces]]\nbinding = "PLANTED"\nid = "planted"\n',
    check: ["npm", "run", "types"],
    says: "out of date",
  },
  {
    fault: "a promise nobody awaits",
    file: "worker/wire/planted.ts",
    text: "export function planted(): void {\n  Promise.resolve(1);\n}\nplanted();\n",
    check: ["npx", "oxlint", "--type-aware"],
    says: "no-floating-promises",
  },
  {
    fault: "a file not formatted",
    file: "core/model/planted.ts",
    text: "export   const planted=1\n",
    check: ["npx", "prettier", "--check", "."],
    says: "planted.ts",
  },
  {
    fault: "an export nobody uses",
    file: "core/model/ids.ts",
    text: "\nexport const planted = 1;\n",
    check: ["npx", "knip"],
    says: "planted",
  },
  {
    fault: "core that imports the Worker",
    file: "core/model/planted.ts",
    text: 'export { refuse } from "../../worker/wire/problem.ts";\n',
    check: ["npm", "run", "imports"],
    says: "core-imports-nothing-of-ours-or-the-platform",
  },
  {
    fault: "core that imports Node",
    file: "core/model/planted.ts",
    text: 'export { readFileSync } from "node:fs";\n',
    check: ["npm", "run", "imports"],
    says: "core-no-node",
  },
  {
    fault: "an object that imports the Worker",
    file: "durable-objects/profile/planted.ts",
    text: 'export { refuse } from "../../worker/wire/problem.ts";\n',
    check: ["npm", "run", "imports"],
    says: "objects-import-only-core",
  },
  {
    fault: "a lower floor of the Worker that imports a higher one",
    file: "worker/wire/planted.ts",
    text: 'export { decideRoute } from "../decide/route.ts";\n',
    check: ["npm", "run", "imports"],
    says: "worker-floor",
  },
  {
    fault: "a tag that imports the core",
    file: "tag/planted.ts",
    text: 'export { fail } from "../core/model/result.ts";\n',
    check: ["npm", "run", "imports"],
    says: "tag-imports-nothing",
  },
  {
    fault: "a tag that is larger than it may be",
    file: "tag/index.ts",
    text: `\nwindow.name = "${incompressible(3_000)}";\n`,
    check: ["npm", "run", "bundle"],
    says: "the tag is ",
  },
  {
    fault: "a tag that was changed and not built",
    file: "tag/index.ts",
    text: "\nwindow.name += 1;\n",
    check: ["npm", "run", "bundle"],
    says: "npm run tag",
  },
  {
    fault: "a promise nobody awaits, in the tag",
    file: "tag/planted.ts",
    text: "export function planted(): void {\n  Promise.resolve(1);\n}\nplanted();\n",
    check: ["npx", "oxlint", "--type-aware"],
    says: "no-floating-promises",
  },
  {
    fault: "a type error in the tag",
    file: "tag/planted.ts",
    text: "export const planted: number = document.title;\n",
    check: ["npm", "run", "types"],
    says: "tag/planted.ts",
  },
  {
    fault: "core that reads the clock",
    file: "core/model/planted.ts",
    text: "export const planted = (): number => Date.now();\n",
    check: ["npm", "run", "bundle"],
    says: 'planted.ts holds "Date.now("',
  },
  {
    fault: "a data plane that loads zod",
    file: "worker/data-plane.ts",
    text: '\nimport { z } from "zod";\nconsole.log(z.string());\n',
    check: ["npm", "run", "bundle"],
    says: "the data plane loads",
  },
  {
    fault: "a test that prints",
    file: "core/model/planted.test.ts",
    text: 'import { it } from "vitest";\nit("prints", () => console.log("planted"));\n',
    check: ["npx", "vitest", "run", "--project", "core", "core/model/planted.test.ts"],
    says: "unexpected console output",
  },
];

/** Most of a check is spent by one core: so many run at once, each in a copy of its own. */
const AT_ONCE = Math.min(2, availableParallelism());
const LEFT_OUT = new Set(["node_modules", ".git", ".tideline", ".wrangler", "dist"]);

const blind: string[] = [];
const waiting = [...PLANTS];
await Promise.all(Array.from({ length: AT_ONCE }, proveWaiting));

for (const what of blind) console.error(`\nThis check did not see its fault. ${what}`);
console.log(`${PLANTS.length - blind.length} of ${PLANTS.length} checks see the fault planted for them`);
process.exitCode = blind.length === 0 ? 0 : 1;

async function proveWaiting(): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), "tideline-planted-"));
  cpSync(ROOT, copy, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.has(basename(path)) });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  for (let plant = waiting.shift(); plant !== undefined; plant = waiting.shift()) await prove(plant, copy);
  rmSync(copy, { recursive: true, force: true });
}

async function prove(plant: Plant, copy: string): Promise<void> {
  const file = join(copy, plant.file);
  const before = read(file);
  writeFileSync(file, (before ?? "") + plant.text);
  const { status, said } = await run(plant.check, copy);
  const red = status !== 0 && said.includes(plant.says);
  console.log(`${red ? "red, as it must be" : "BLIND"}: ${plant.fault} (${plant.check.join(" ")})`);
  if (!red) blind.push(`${plant.fault}: exit ${status}\n${said}`);
  if (before === undefined) rmSync(file);
  else writeFileSync(file, before);
}

/** @returns the exit code, and what both streams said */
function run([command = "", ...args]: readonly string[], cwd: string): Promise<{ status: number | null; said: string }> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((done, failed) => child.once("error", failed).once("close", (status) => done({ status, said })));
}

/** A text that gzip makes little of. */
function incompressible(length: number): string {
  return randomBytes(length).toString("hex").slice(0, length);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
