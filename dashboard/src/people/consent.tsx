import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Profile } from "../api/types.ts";
import { DataTable } from "../parts/data-table.tsx";
import { usePeopleWords } from "./words.ts";

/** What somebody has allowed, purpose by purpose. */
export function Consent({ profile }: { readonly profile: Profile }): ReactNode {
  const say = usePeopleWords();
  const said = Object.entries(profile.consent);
  if (said.length === 0) return <Text c="dimmed">{say("noConsent")}</Text>;
  return (
    <DataTable
      label={say("consent")}
      head={[say("purpose"), say("consent")]}
      rows={said.map(([purpose, value]) => ({
        key: purpose,
        cells: [purpose, value === true ? say("allowed") : value === false ? say("denied") : JSON.stringify(value)],
      }))}
    />
  );
}
