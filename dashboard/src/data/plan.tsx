import { Button, JsonInput, Select, Stack, Text, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { api, call, refresh } from "../api/client.ts";
import type { Plan, PlanBody } from "../api/types.ts";
import { DataTable } from "../parts/data-table.tsx";
import { done, failed } from "../parts/notices.tsx";
import { Loaded } from "../parts/states.tsx";
import { useMay } from "../shell/session.ts";
import { useDataWords } from "./words.ts";

const OUTCOMES = ["allow", "quarantine", "drop"] as const;
const PERSONAL = ["allow", "quarantine", "hash"] as const;

/** What is expected to arrive, and what becomes of the rest. */
export function PlanScreen(): ReactNode {
  const plan = api.useQuery("get", "/api/plan", {});
  return <Loaded query={plan}>{(held) => <PlanForm key={held.version} plan={held} />}</Loaded>;
}

function PlanForm({ plan }: { readonly plan: Plan }): ReactNode {
  const say = useDataWords();
  const mayWrite = useMay("admin");
  const [unplanned, setUnplanned] = useState(plan.unplanned);
  const [email, setEmail] = useState(plan.personal.email);
  const [card, setCard] = useState(plan.personal.card);
  const [events, setEvents] = useState(JSON.stringify(plan.events, null, 2));
  const [isWrong, setWrong] = useState(false);
  const save = async (): Promise<void> => {
    let read: PlanBody["events"];
    try {
      read = JSON.parse(events) as NonNullable<PlanBody["events"]>;
    } catch {
      setWrong(true);
      return;
    }
    try {
      await call.PUT("/api/plan", { body: { events: read, unplanned, personal: { email, card } } });
      await refresh();
      done(say("planSaved"));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Stack>
      <Text c="dimmed">{say("planLead")}</Text>
      <Select
        label={say("unplanned")}
        value={unplanned}
        data={OUTCOMES.map((one) => ({ value: one, label: say(`unplanned_${one}`) }))}
        allowDeselect={false}
        readOnly={!mayWrite}
        w={{ base: "100%", sm: 320 }}
        onChange={(chosen) => setUnplanned(OUTCOMES.find((one) => one === chosen) ?? unplanned)}
      />
      {(
        [
          ["emailAs", email, setEmail],
          ["cardAs", card, setCard],
        ] as const
      ).map(([name, value, set]) => (
        <Select
          key={name}
          label={say(name)}
          value={value}
          data={PERSONAL.map((one) => ({ value: one, label: say(`personal_${one}`) }))}
          allowDeselect={false}
          readOnly={!mayWrite}
          w={{ base: "100%", sm: 320 }}
          onChange={(chosen) => set(PERSONAL.find((one) => one === chosen) ?? value)}
        />
      ))}
      <Title order={2} size="h4">
        {say("planned")}
      </Title>
      {Object.keys(plan.events).length === 0 ? (
        <Text c="dimmed">{say("noPlan")}</Text>
      ) : (
        <DataTable
          label={say("planned")}
          head={[say("event"), say("what"), say("unplanned")]}
          rows={Object.entries(plan.events).map(([name, planned]) => ({
            key: name,
            cells: [name, planned?.description ?? "–", say(`unplanned_${planned?.violation ?? "quarantine"}`)],
          }))}
        />
      )}
      <JsonInput
        label={say("planJson")}
        value={events}
        onChange={(text) => {
          setEvents(text);
          setWrong(false);
        }}
        readOnly={!mayWrite}
        error={isWrong ? say("notJson") : undefined}
        autosize
        minRows={6}
        maxRows={24}
      />
      {mayWrite ? (
        <Button w="fit-content" onClick={() => void save()}>
          {say("savePlan")}
        </Button>
      ) : null}
    </Stack>
  );
}
