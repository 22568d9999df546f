import { Group, Tabs, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { api } from "../api/client.ts";
import type { Profile } from "../api/types.ts";
import { CopyText } from "../parts/copy-text.tsx";
import { Page } from "../parts/page.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { When } from "../parts/when.tsx";
import { useSession } from "../shell/session.ts";
import { Consent } from "./consent.tsx";
import { Identities } from "./identities.tsx";
import { Memberships } from "./memberships.tsx";
import { Timeline } from "./timeline.tsx";
import { Traits } from "./traits.tsx";
import { usePeopleWords } from "./words.ts";

const TABS = ["timeline", "audiences", "traits", "identities", "consent"] as const;

/** All that is known of one person. */
export function Person({ id }: { readonly id: string }): ReactNode {
  const say = usePeopleWords();
  const { workspace } = useSession();
  const [tab, setTab] = useUrlState("tab", "timeline");
  const profile = api.useQuery("get", "/api/profiles/{id}", { params: { path: { id } } });
  return (
    <Page title={say("person")} back={{ to: "/people", text: say("title") }} lead={<CopyText text={id} />}>
      <Loaded query={profile} rows={6}>
        {(known) => (
          <>
            {known.kind === "shared" ? <Empty title={say("shared")} text={say("sharedText")} /> : null}
            <Group gap="xl">
              <Seen label={say("firstSeen")} at={known.firstSeen} zone={workspace.timeZone} />
              <Seen label={say("lastSeen")} at={known.lastSeen} zone={workspace.timeZone} />
            </Group>
            <Tabs value={tab} onChange={(chosen) => setTab(chosen ?? "timeline")} keepMounted={false}>
              <Tabs.List>
                {TABS.map((one) => (
                  <Tabs.Tab key={one} value={one}>
                    {say(one)}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              {TABS.map((one) => (
                <Tabs.Panel key={one} value={one} pt="md">
                  <Part tab={one} id={id} profile={known} />
                </Tabs.Panel>
              ))}
            </Tabs>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Part({
  tab,
  id,
  profile,
}: {
  readonly tab: (typeof TABS)[number];
  readonly id: string;
  readonly profile: Profile;
}): ReactNode {
  switch (tab) {
    case "timeline":
      return <Timeline id={id} profile={profile} />;
    case "audiences":
      return <Memberships id={id} profile={profile} />;
    case "traits":
      return <Traits profile={profile} />;
    case "identities":
      return <Identities id={id} profile={profile} />;
    case "consent":
      return <Consent profile={profile} />;
  }
}

function Seen({ label, at, zone }: { readonly label: string; readonly at: string | null; readonly zone: string }): ReactNode {
  const say = usePeopleWords();
  return (
    <Text size="sm">
      <Text span c="dimmed" size="sm">
        {label}:{" "}
      </Text>
      {at === null ? say("never") : <When at={at} zone={zone} />}
    </Text>
  );
}
