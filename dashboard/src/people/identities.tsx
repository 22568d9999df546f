import { Anchor, Code, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api, call, refresh } from "../api/client.ts";
import type { IdentityLink, Profile } from "../api/types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { done } from "../parts/notices.tsx";
import { Loaded } from "../parts/states.tsx";
import { When } from "../parts/when.tsx";
import { usePartWords } from "../parts/words.ts";
import { useMay } from "../shell/session.ts";
import { usePeopleWords } from "./words.ts";

/** By what somebody is known, when and why each was linked; and with whom they live. */
export function Identities({ id, profile }: { readonly id: string; readonly profile: Profile }): ReactNode {
  const say = usePeopleWords();
  const mayWrite = useMay("profiles:write");
  const identities = api.useQuery("get", "/api/profiles/{id}/identities", { params: { path: { id } } });
  return (
    <Stack>
      <Loaded query={identities}>
        {({ identities: links }) => (
          <DataTable
            label={say("identities")}
            head={[say("identifier"), say("state"), say("since"), say("linkedBy"), ""]}
            rows={links.map((link) => ({
              key: `${link.type} ${link.hash}`,
              cells: [
                <Group key="name" gap={6}>
                  <Text size="sm">{link.type}</Text>
                  <Code>{link.hash.slice(0, 8)}…</Code>
                </Group>,
                say(`state_${link.state}`),
                link.since === null ? "–" : <When key="since" at={link.since} />,
                link.why === null ? "–" : say("call", { type: link.why.type, source: link.why.source }),
                link.state === "linked" && mayWrite ? <Split key="split" id={id} link={link} /> : "",
              ],
            }))}
          />
        )}
      </Loaded>
      <Title order={2} size="h4">
        {say("household")}
      </Title>
      {profile.household === null ? (
        <Text c="dimmed">{say("householdNone")}</Text>
      ) : (
        <Household id={profile.household.id} of={id} />
      )}
    </Stack>
  );
}

function Split({ id, link }: { readonly id: string; readonly link: IdentityLink }): ReactNode {
  const say = usePeopleWords();
  const part = usePartWords();
  const params = { path: { id } };
  const identifier = { type: link.type, hash: link.hash };
  return (
    <Confirm
      size="compact-sm"
      variant="default"
      text={say("split")}
      question={say("splitQuestion")}
      act={say("split")}
      onAct={async () => {
        const { data } = await call.POST("/api/profiles/{id}/split", { params, body: { identifier } });
        const back = async (): Promise<void> => {
          await call.POST("/api/profiles/{id}/link", { params, body: { identifier } });
          await refresh();
          done(part("undone"));
        };
        done(say(data?.state === "pending" ? "splitPending" : "splitDone"), { text: part("undo"), run: back });
        await refresh();
      }}
    >
      <Text>{say("splitText")}</Text>
    </Confirm>
  );
}

function Household({ id, of }: { readonly id: string; readonly of: string }): ReactNode {
  const say = usePeopleWords();
  const household = api.useQuery("get", "/api/households/{id}", { params: { path: { id } } });
  return (
    <Loaded query={household} rows={2}>
      {({ members }) => (
        <Stack gap={4}>
          <Text>{say("householdOf", { count: members.length })}</Text>
          {members.map((member) =>
            member === of ? (
              <Text key={member} size="sm">
                {say("you")}
              </Text>
            ) : (
              <Anchor key={member} component={Link} href={`/people/${member}`} size="sm">
                {member.slice(0, 12)}…
              </Anchor>
            ),
          )}
        </Stack>
      )}
    </Loaded>
  );
}
