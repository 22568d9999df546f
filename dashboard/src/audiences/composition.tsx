import { Progress, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { api } from "../api/client.ts";
import type { Audience } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useAudienceWords } from "./words.ts";

/** What the people of an audience have that others have not. */
export function Composition({ rule }: Pick<Audience, "rule">): ReactNode {
  const say = useAudienceWords();
  const numbers = useNumbers();
  const preview = api.useQuery("post", "/api/rules/preview", { body: { rule, composition: true } });
  const share = (value: number, label: string): ReactNode => (
    <Stack gap={2} miw={100}>
      <Text size="sm" component="span">
        {numbers.share(value)}
      </Text>
      <Progress.Root>
        <Progress.Section value={value * 100} aria-label={label} />
      </Progress.Root>
    </Stack>
  );
  return (
    <Loaded query={preview}>
      {({ composition = [] }) =>
        composition.length === 0 ? (
          <Empty title={say("noComposition")} />
        ) : (
          <Stack>
            <Text c="dimmed">{say("setsApart")}</Text>
            <DataTable
              label={say("composition")}
              head={[say("feature"), say("here"), say("everyone")]}
              rows={composition.map(({ feature, share: here, everyone }) => ({
                key: feature,
                cells: [feature, share(here, `${feature}: ${say("here")}`), share(everyone, `${feature}: ${say("everyone")}`)],
              }))}
            />
          </Stack>
        )
      }
    </Loaded>
  );
}
