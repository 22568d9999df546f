import { parseArgs } from "node:util";

/**
 * `npm run restore -- --profile ID | --all [--url http://localhost:8787] [--key sk_demo]`: rebuilds a profile, or all of
 * the key's workspace, from the archive into a running Tideline, by as many calls of `POST /api/restore` as it takes. May
 * be stopped and started again: what is there is not touched.
 *
 * TIDELINE_KEY  a secret key with the scope `admin`, where `--key` is not given
 * Exit code: 0 done, 1 a step failed, 2 wrong arguments
 */
const USAGE = "Usage: npm run restore -- --profile ID | --all [--url http://localhost:8787] [--key sk_...]";

interface Step {
  readonly read: number;
  readonly restored: number;
  readonly next: string | null;
}

const { url, key, profile } = readArguments();
let [read, restored] = [0, 0];
let cursor: string | undefined;
for (;;) {
  const step = await restoreStep(cursor);
  read += step.read;
  restored += step.restored;
  if (step.next === null) break;
  cursor = step.next;
}
console.log(`Read ${read} events of the archive; ${restored} of them were lost and are back.`);

async function restoreStep(from: string | undefined): Promise<Step> {
  const body = { ...(profile === undefined ? {} : { profileId: profile }), ...(from === undefined ? {} : { cursor: from }) };
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  try {
    const response = await fetch(`${url}/api/restore`, { method: "POST", headers, body: JSON.stringify(body) });
    const answer: unknown = await response.json();
    if (isStep(answer)) return answer;
    console.error(`The restore stopped: ${response.status}. Start it again: it goes on.`);
  } catch {
    console.error(`Nothing answers at ${url}. Start Tideline and start this again.`);
  }
  process.exit(1);
}

function isStep(answer: unknown): answer is Step {
  return typeof answer === "object" && answer !== null && "read" in answer && "restored" in answer && "next" in answer;
}

function readArguments(): { readonly url: string; readonly key: string; readonly profile: string | undefined } {
  try {
    const { values } = parseArgs({
      options: {
        url: { type: "string", default: `http://localhost:${process.env["PORT"] ?? 8787}` },
        key: { type: "string", default: process.env["TIDELINE_KEY"] ?? "sk_demo" },
        profile: { type: "string" },
        all: { type: "boolean", default: false },
      },
    });
    if ((values.profile === undefined) !== values.all) throw new Error("Give --profile ID, or --all");
    return { url: values.url, key: values.key, profile: values.profile };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}
