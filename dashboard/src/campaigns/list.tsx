import { Anchor, Badge, Button } from "@mantine/core";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api } from "../api/client.ts";
import type { Campaign } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Page } from "../parts/page.tsx";
import { Rooms } from "../parts/rooms.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useMay, useSession } from "../shell/session.ts";
import { useDraftChanges } from "../shell/drafts.ts";
import { useCampaignWords } from "./words.ts";

/** All campaigns: where, for whom, and whether they are live. */
export function CampaignList(): ReactNode {
  const say = useCampaignWords();
  const { workspace } = useSession();
  const numbers = useNumbers(workspace.timeZone);
  const mayWrite = useMay("rules:write");
  const campaigns = api.useQuery("get", "/api/campaigns", { params: { query: { limit: 200 } } });
  return (
    <Page
      title={say("title")}
      lead={say("lead")}
      actions={
        mayWrite ? (
          <Button component={Link} href="/campaigns/+new" leftSection={<Plus size={16} aria-hidden />}>
            {say("new")}
          </Button>
        ) : undefined
      }
    >
      <CampaignTabs here="" />
      <Loaded query={campaigns} rows={6}>
        {({ campaigns: all }) =>
          all.length === 0 ? (
            <Empty title={say("empty")} text={say("emptyText")}>
              <Button component={Link} href="/campaigns/placements" variant="default">
                {say("placements")}
              </Button>
            </Empty>
          ) : (
            <DataTable
              label={say("campaigns")}
              head={[say("name"), say("placement"), say("audience"), say("from"), say("to"), say("state")]}
              rows={all.map((campaign) => ({
                key: campaign.key,
                cells: [
                  <Anchor key="name" component={Link} href={`/campaigns/${campaign.key}`}>
                    {campaign.name}
                  </Anchor>,
                  campaign.placement,
                  campaign.audience ?? say(campaign.rule === undefined ? "everyone" : "rule"),
                  campaign.schedule?.from === undefined ? "–" : numbers.day(campaign.schedule.from),
                  campaign.schedule?.to === undefined ? "–" : numbers.day(campaign.schedule.to),
                  <CampaignState key="state" campaign={campaign} />,
                ],
              }))}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

export function CampaignTabs({ here }: { readonly here: "" | "placements" }): ReactNode {
  const say = useCampaignWords();
  const tabs = [
    { path: "", name: say("campaigns") },
    { path: "placements", name: say("placements") },
  ];
  return <Rooms base="/campaigns" here={here} tabs={tabs} />;
}

/** Whether anybody is shown it now. */
export function CampaignState({ campaign }: { readonly campaign: Campaign }): ReactNode {
  const say = useCampaignWords();
  const { data } = useDraftChanges();
  const change = data?.changes.find(({ kind, key }) => kind === "campaign" && key === campaign.key)?.change;
  const state = change === undefined ? scheduled(campaign, Date.now()) : change === "added" ? "draft" : change;
  return (
    <Badge variant="light" tt="none" color={state === "live" ? "teal" : "yellow"} c="var(--mantine-color-text)">
      {say(`state_${state}`)}
    </Badge>
  );
}

function scheduled({ schedule }: Campaign, now: number): "live" | "planned" | "over" {
  if (schedule?.to !== undefined && Date.parse(schedule.to) <= now) return "over";
  return schedule?.from !== undefined && Date.parse(schedule.from) > now ? "planned" : "live";
}
