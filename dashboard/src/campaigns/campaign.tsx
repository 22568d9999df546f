import { Group, Progress, Stack, Tabs, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { api, call, refresh } from "../api/client.ts";
import type { Campaign } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { Confirm } from "../parts/confirm.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { done } from "../parts/notices.tsx";
import { Page } from "../parts/page.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { useMay } from "../shell/session.ts";
import { useDraftChanges } from "../shell/drafts.ts";
import { CampaignEditor } from "./editor.tsx";
import { CampaignState } from "./list.tsx";
import { useCampaignWords } from "./words.ts";

export function NewCampaign(): ReactNode {
  const say = useCampaignWords();
  return (
    <Page title={say("new")} back={{ to: "/campaigns", text: say("title") }}>
      <CampaignEditor />
    </Page>
  );
}

/** One campaign: what it shows and to whom, and what came of it. */
export function CampaignScreen({ campaignKey: key }: { readonly campaignKey: string }): ReactNode {
  const say = useCampaignWords();
  const mayPublish = useMay("rules:publish");
  const [tab, setTab] = useUrlState("tab", "delivery");
  const campaign = api.useQuery("get", "/api/campaigns/{key}", { params: { path: { key } } });
  return (
    <Page
      title={campaign.data?.name ?? key}
      back={{ to: "/campaigns", text: say("title") }}
      actions={
        campaign.data === undefined ? undefined : (
          <>
            <CampaignState campaign={campaign.data} />
            {mayPublish ? <Stop campaign={campaign.data} /> : null}
          </>
        )
      }
    >
      <Loaded query={campaign} rows={8}>
        {(held) => (
          <Tabs value={tab} onChange={(chosen) => setTab(chosen ?? "delivery")} keepMounted={false}>
            <Tabs.List>
              {(["delivery", "edit"] as const).map((one) => (
                <Tabs.Tab key={one} value={one}>
                  {say(one)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="delivery" pt="md">
              <Delivery campaignKey={key} />
            </Tabs.Panel>
            <Tabs.Panel value="edit" pt="md">
              <CampaignEditor key={held.updatedAt} campaign={held} />
            </Tabs.Panel>
          </Tabs>
        )}
      </Loaded>
    </Page>
  );
}

/** How often each creative was shown, and how many reached the goal after it. */
function Delivery({ campaignKey: key }: { readonly campaignKey: string }): ReactNode {
  const say = useCampaignWords();
  const numbers = useNumbers();
  const outcomes = api.useQuery(
    "get",
    "/api/campaigns/{key}/outcomes",
    { params: { path: { key } } },
    { refetchInterval: 15_000 },
  );
  return (
    <Loaded query={outcomes}>
      {({ outcomes: all }) =>
        all.length === 0 ? (
          <Empty title={say("noDelivery")} text={say("noDeliveryText")} />
        ) : (
          <DataTable
            label={say("delivery")}
            head={[say("creativeKey"), say("shown"), say("converted"), say("rate"), say("interval")]}
            numeric={[1, 2]}
            rows={all.map(({ creative, shown, converted, rate, low, high }) => ({
              key: creative,
              cells: [
                creative,
                numbers.count(shown),
                numbers.count(converted),
                <Group key="rate" gap="xs" wrap="nowrap" miw={140}>
                  <Progress.Root flex={1}>
                    <Progress.Section value={rate * 100} aria-label={say("rate")} />
                  </Progress.Root>
                  <Text size="sm">{numbers.share(rate)}</Text>
                </Group>,
                `${numbers.share(low)} – ${numbers.share(high)}`,
              ],
            }))}
          />
        )
      }
    </Loaded>
  );
}

/** Ends a campaign at once: its draft is deleted and that is published. */
function Stop({ campaign: { key, name } }: { readonly campaign: Campaign }): ReactNode {
  const say = useCampaignWords();
  const [, go] = useLocation();
  const { data } = useDraftChanges();
  const others = data?.changes.filter((change) => change.kind !== "campaign" || change.key !== key).length ?? 0;
  return (
    <Confirm
      color="red"
      variant="light"
      text={say("stop")}
      question={say("stopQuestion", { name })}
      act={say("stop")}
      onAct={async () => {
        await call.DELETE("/api/campaigns/{key}", { params: { path: { key } } });
        const published = await call.POST("/api/ruleset/publish", { body: { note: say("stopQuestion", { name }) } });
        go("/campaigns");
        await refresh();
        done(say("stopped", { name, version: published.data?.version ?? 0 }));
      }}
    >
      <Stack gap="xs">
        <Text>{say("stopText")}</Text>
        {others === 0 ? null : <Text fw={600}>{say("stopOthers", { count: others })}</Text>}
      </Stack>
    </Confirm>
  );
}
