import { hear, PAGE, type ConsentStatement } from "./consent.ts";
import { consentChanged, record } from "./events.ts";
import { askExtension } from "./extension.ts";
import { forgetPerson, setUser } from "./person.ts";

/** What a page may call: `tl("track", "Product Viewed", { sku: "1" })`. Where a name or an id is left out the object comes first. */

/** For each type of event the field that its first argument is, and that of the second. */
const FIELDS: Readonly<Record<string, readonly [string, string]>> = {
  track: ["event", "properties"],
  identify: ["userId", "traits"],
  page: ["name", "properties"],
  group: ["groupId", "traits"],
  alias: ["userId", "previousId"],
};

export function run(name: string, first?: unknown, second?: unknown): void {
  const fields = FIELDS[name];
  if (name === "consent") {
    const said = first as ConsentStatement;
    hear(PAGE, false, said.purposes, said);
    consentChanged();
  } else if (name === "reset") forgetPerson();
  else if (name === "decide") askExtension(first as readonly string[], second as (placements: object) => void);
  else if (fields) {
    const [one, other] = typeof first === "object" ? [undefined, first] : [first, second];
    if (name === "identify") setUser(one as string | undefined);
    record(name, { [fields[0]]: one, [fields[1]]: other });
  }
}
