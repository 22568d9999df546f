import { mayCollect, statement } from "./consent.ts";
import { dropAll, enqueue, resume, sendStatement, type Gathered } from "./delivery.ts";
import { tellExtension } from "./extension.ts";
import { context } from "./page.ts";
import { forgetPerson, knownId, person, randomId } from "./person.ts";

/** Fields of an event besides those that every event has. */
export type Fields = Readonly<Record<string, unknown>>;

/** Events that wait for a word on consent: in memory only, without anybody's id. */
let held: Gathered[] = [];
let lastSaid: string | undefined;

/** Takes an event down as it is now: what the page changes of its objects later changes nothing here. */
export function record(type: string, fields: Fields): void {
  held.push({ type, messageId: randomId(), timestamp: new Date(), context, ...(JSON.parse(JSON.stringify(fields)) as Fields) });
  release();
}

function release(): void {
  const isAllowed = mayCollect();
  if (isAllowed === undefined) return;
  if (isAllowed) for (const event of held) enqueue({ ...person(), ...event });
  held = [];
}

/** Something was said about consent, or may have been: from here on that counts. */
export function consentChanged(): void {
  const isAllowed = mayCollect();
  // While it is asked nothing is read of the browser's storage either.
  if (isAllowed === undefined) return;
  const said = JSON.stringify(statement());
  const id = knownId();
  if (isAllowed) resume();
  else dropAll();
  // A yes goes out with the events; what changes during the visit, and every no, is news by itself.
  if (id && (!isAllowed || said !== (lastSaid ?? said))) sendStatement(id);
  if (!isAllowed) forgetPerson();
  release();
  tellExtension();
  lastSaid = said;
}
