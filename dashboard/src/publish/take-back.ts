import { call } from "../api/client.ts";
import type { AudienceBody, CampaignBody, PlacementBody, RulesetChange } from "../api/types.ts";

/** Makes a draft again what is live. */
export async function takeBack({ kind, key, before }: RulesetChange): Promise<void> {
  const params = { path: { key } };
  const body = before ?? null;
  switch (kind) {
    case "audience":
      if (body === null) await call.DELETE("/api/audiences/{key}", { params });
      else await call.PUT("/api/audiences/{key}", { params, body: body as unknown as AudienceBody });
      return;
    case "placement":
      if (body === null) await call.DELETE("/api/placements/{key}", { params });
      else await call.PUT("/api/placements/{key}", { params, body: body as unknown as PlacementBody });
      return;
    case "campaign":
      if (body === null) await call.DELETE("/api/campaigns/{key}", { params });
      else await call.PUT("/api/campaigns/{key}", { params, body: body as unknown as CampaignBody });
  }
}
