import { gzipSync } from "node:zlib";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { fresh, journalOf } from "./profiles.ts";
import { imported, importWorkspace, type ImportWorkspace } from "./imports.ts";

let ws: ImportWorkspace;
beforeAll(async () => {
  ws = await importWorkspace();
});

interface SeenEvent {
  readonly messageId: string;
  readonly name: string;
  readonly time: string;
  readonly source: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

async function journal(userId: string, of: ImportWorkspace = ws): Promise<readonly SeenEvent[]> {
  const hash = profileName(env.NAME_KEY, of.id, { type: "userId", value: userId });
  return (await journalOf(of.id, { type: "userId", hash })) as unknown as readonly SeenEvent[];
}

const MAP = "id:userId,what:event,when:timestamp,amount:properties.value:number";
const HEAD = "id,what,when,amount";

describe("a file of CSV", () => {
  it("becomes events of its people", async () => {
    const [one, two] = [fresh("u"), fresh("u")];
    const rows = [`${one},Bought,2026-03-01T12:00:00Z,4.5`, `${two},Bought,2026-03-02,7`, `${one},Returned,2026-03-03,`];
    const report = await imported(ws, { map: MAP }, [HEAD, ...rows].join("\n"));
    expect(report).toMatchObject({ state: "done", rows: 3, accepted: 3, rejected: 0, refused: 0, nextPart: null });
    expect(report.bytes.done).toBe(report.bytes.total);
    expect(await journal(one)).toMatchObject([
      { name: "Returned", time: "2026-03-02T23:00:00.000Z", source: "store", properties: {} },
      { name: "Bought", time: "2026-03-01T12:00:00.000Z", properties: { value: 4.5 } },
    ]);
    expect(await journal(two)).toMatchObject([{ properties: { value: 7 } }]);
  });

  it("counts once when the same file is sent again under its id, in any packing", async () => {
    const user = fresh("u");
    const id = fresh("import");
    const file = `${HEAD}\n${user},Bought,,1\n${user},Bought,,1\n`;
    expect(await imported(ws, { map: MAP }, file, { "import-id": id })).toMatchObject({ accepted: 2 });
    const packed = { "import-id": id, "content-encoding": "gzip" };
    expect(await imported(ws, { map: MAP }, gzipSync(file), packed)).toMatchObject({ rows: 2, accepted: 2 });
    expect(await journal(user)).toHaveLength(2);
  });
});
