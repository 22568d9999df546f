import { Code, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Profile } from "../api/types.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty } from "../parts/states.tsx";
import { When } from "../parts/when.tsx";
import { usePeopleWords } from "./words.ts";

/** Each trait with who said so, when, and who says otherwise. */
export function Traits({ profile }: { readonly profile: Profile }): ReactNode {
  const say = usePeopleWords();
  const names = Object.keys(profile.traits);
  if (names.length === 0) return <Empty title={say("noTraits")} text={say("noTraitsText")} />;
  return (
    <DataTable
      label={say("traits")}
      head={[say("trait"), say("traitValue"), say("source"), say("wonBy"), say("others")]}
      rows={names.map((name) => {
        const golden = profile.golden[name];
        const winner = golden?.winner;
        return {
          key: name,
          cells: [
            name,
            <Code key="value">{JSON.stringify(profile.traits[name])}</Code>,
            winner === undefined || winner === null ? (
              "–"
            ) : (
              <Text key="source" size="sm" component="span">
                {winner.source}, <When at={winner.time} />
              </Text>
            ),
            golden === undefined ? "–" : say(`policy_${golden.policy}`),
            <Stack key="others" gap={2}>
              {golden?.others.map((other) =>
                other === null ? null : (
                  <Text key={`${other.source} ${other.time}`} size="sm" component="span">
                    {other.source}: <Code>{JSON.stringify(other.value)}</Code>, <When at={other.time} />
                  </Text>
                ),
              )}
            </Stack>,
          ],
        };
      })}
    />
  );
}
