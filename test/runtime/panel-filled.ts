import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { LogEvent } from "../../core/model/event.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { PANEL_SHARDS, panelShardOf, panelStub } from "../../durable-objects/panel/stub.ts";
import { PanelStore } from "../../durable-objects/panel/store.ts";

/** Somebody with a journal of their own. */
export interface PanelPerson {
  readonly id: ProfileId;
  readonly events: readonly LogEvent[];
}

/** Puts people into a workspace's panel as if it had copied their journals, into its store: what copies is proven elsewhere. */
export async function fillPanel(workspace: string, people: readonly PanelPerson[], rate: number): Promise<void> {
  const byShard = Map.groupBy(people, ({ id }) => panelShardOf(id));
  for (let shard = 0; shard < PANEL_SHARDS; shard++) {
    const stub = panelStub(env, { id: workspace, jurisdiction: null }, shard);
    await runInDurableObject(stub, (_, { storage }) => {
      const store = new PanelStore(storage);
      store.transaction(() => {
        store.putHead({ workspace, rate });
        for (const { id, events } of byShard.get(shard) ?? []) {
          const held = { epoch: 1, rewrites: 0, next: events.length, members: [] };
          store.put(
            id,
            held,
            events.map((event) => JSON.stringify(event)),
            true,
          );
        }
      });
    });
  }
}
