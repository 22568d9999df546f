import { Anchor, Badge, Button, Group, Loader, Modal, Select, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api } from "../api/client.ts";
import type { Profile, Sentences } from "../api/types.ts";
import type { ExplainNode } from "../../../core/profile/explain.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { useLanguage } from "../i18n/words.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty, Failed } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { When } from "../parts/when.tsx";
import { usePartWords } from "../parts/words.ts";
import { useSession } from "../shell/session.ts";
import { usePeopleWords } from "./words.ts";

/** The audiences that somebody is in, each with why and for how long. */
export function Memberships({ id, profile }: { readonly id: string; readonly profile: Profile }): ReactNode {
  const say = usePeopleWords();
  const part = usePartWords();
  const { workspace } = useSession();
  const [asked, ask] = useUrlState("why");
  const audiences = api.useQuery("get", "/api/audiences", { params: { query: { limit: 200 } } });
  const names = new Map(audiences.data?.audiences.map(({ key, name }) => [key, name]));
  const isIn = profile.audiences.some(({ key }) => key === asked);
  const name = profile.audiences.find(({ key }) => key === asked)?.name ?? names.get(asked) ?? asked;
  return (
    <Stack>
      {profile.audiences.length === 0 ? (
        <Empty title={say("noAudiences")} text={say("noAudiencesText")} />
      ) : (
        <DataTable
          label={say("audiences")}
          head={[say("audience"), say("since"), say("until"), ""]}
          rows={profile.audiences.map(({ key, name: shown, since, until }) => ({
            key,
            cells: [
              <Anchor key="name" component={Link} href={`/audiences/${key}`}>
                {shown}
              </Anchor>,
              since === null ? "–" : <When key="since" at={since} zone={workspace.timeZone} />,
              until === null ? say("stays") : <When key="until" at={until} zone={workspace.timeZone} />,
              <Button key="why" size="compact-sm" variant="default" onClick={() => ask(key)}>
                {say("why")}
              </Button>,
            ],
          }))}
        />
      )}
      <Select
        label={say("askOther")}
        value={null}
        searchable
        data={[...names]
          .filter(([key]) => !profile.audiences.some((one) => one.key === key))
          .map(([value, label]) => ({ value, label }))}
        nothingFoundMessage={part("nothingFound")}
        onChange={(key) => ask(key ?? "")}
        w={{ base: "100%", sm: 360 }}
      />
      <Modal
        opened={asked !== ""}
        onClose={() => ask("")}
        title={say(isIn ? "whyIn" : "whyOut", { name })}
        size="lg"
        closeButtonProps={{ "aria-label": part("close") }}
      >
        {asked === "" ? null : <Why id={id} audience={asked} />}
      </Modal>
    </Stack>
  );
}

function Why({ id, audience }: { readonly id: string; readonly audience: string }): ReactNode {
  const explained = api.useQuery("get", "/api/profiles/{id}/explain", { params: { path: { id }, query: { audience } } });
  if (explained.isError) return <Failed error={explained.error} />;
  if (explained.data === undefined) return <Loader />;
  return <Node node={explained.data as unknown as SaidNode} />;
}

/** A part of an explanation as the API says it. */
type SaidNode = ExplainNode & { readonly words: Sentences };

function partsOf(node: SaidNode): readonly SaidNode[] {
  const said = node as SaidNode & { readonly of?: readonly SaidNode[]; readonly part?: SaidNode };
  return said.of ?? (said.part === undefined ? [] : [said.part]);
}

/** A part of the rule: what it says, whether it holds, what it saw, and when time alone will change it. */
function Node({ node }: { readonly node: SaidNode }): ReactNode {
  const say = usePeopleWords();
  const language = useLanguage();
  const numbers = useNumbers();
  const parts = partsOf(node);
  const word = node.value === true ? "holds" : node.value === false ? "holdsNot" : "unknown";
  const colour = node.value === true ? "teal" : node.value === false ? "gray" : "yellow";
  return (
    <Stack gap={4}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Badge color={colour} variant="light" autoContrast style={{ flex: "none" }} mt={2} c="var(--mantine-color-text)">
          {say(word)}
        </Badge>
        <Stack gap={2}>
          <Text>{node.words[language]}</Text>
          <Text size="sm" c="dimmed">
            {[
              sawOf(node, say),
              node.nextChange === null
                ? ""
                : say("changes", { when: `${numbers.ago(node.nextChange)} (${numbers.time(node.nextChange)})` }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        </Stack>
      </Group>
      {parts.length === 0 ? null : (
        <Stack gap="sm" pl="lg" style={{ borderInlineStart: "2px solid var(--mantine-color-default-border)" }}>
          {parts.map((one, place) => (
            <Node key={place} node={one} />
          ))}
        </Stack>
      )}
    </Stack>
  );
}

function sawOf(node: ExplainNode, say: ReturnType<typeof usePeopleWords>): string {
  switch (node.kind) {
    case "trait":
      return node.saw === null ? say("sawNothing") : say("sawValue", { value: JSON.stringify(node.saw) });
    case "event": {
      const { count, messageIds: _, ...more } = node.saw;
      const values = Object.values(more).filter((value) => value !== undefined && value !== null);
      const told = values.map((value) => say("sawValue", { value: typeof value === "string" ? value : JSON.stringify(value) }));
      return [say("sawCount", { count }), ...told].join(", ");
    }
    case "sequence":
      return say("sawCount", { count: node.saw.messageIds.length });
    case "bucket":
      return say("sawValue", { value: node.saw });
    default:
      return "";
  }
}
