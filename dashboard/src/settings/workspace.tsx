import { Autocomplete, Button, NumberInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { ReactNode } from "react";
import { api, call, refresh } from "../api/client.ts";
import type { Workspace } from "../api/types.ts";
import { done, failed } from "../parts/notices.tsx";
import { Loaded } from "../parts/states.tsx";
import { useMay } from "../shell/session.ts";
import { useSettingsWords } from "./words.ts";

export function WorkspaceScreen(): ReactNode {
  const workspace = api.useQuery("get", "/api/workspace", {});
  return <Loaded query={workspace}>{(held) => <WorkspaceForm key={held.updatedAt} workspace={held} />}</Loaded>;
}

function WorkspaceForm({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const say = useSettingsWords();
  const mayWrite = useMay("admin");
  const { name, timeZone, retentionDays, smallCount, globalHoldout } = workspace;
  const form = useForm({ initialValues: { name, timeZone, retentionDays, smallCount, globalHoldout } });
  const save = async (said: typeof form.values): Promise<void> => {
    const { id: _, createdAt: __, updatedAt: ___, identifierLimits, ...held } = workspace;
    const limits = Object.fromEntries(
      Object.entries(identifierLimits).flatMap(([kind, one]) => (one === undefined ? [] : [[kind, one]])),
    );
    try {
      await call.PUT("/api/workspace", { body: { ...held, identifierLimits: limits, ...said } });
      await refresh();
      done(say("saved"));
    } catch (error) {
      failed(error);
    }
  };
  const common = { readOnly: !mayWrite, w: { base: "100%", sm: 360 } };
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))} aria-label={say("workspace")}>
      <Stack gap="sm">
        <TextInput label={say("name")} required {...common} {...form.getInputProps("name")} />
        <Autocomplete
          label={say("timeZone")}
          description={say("timeZoneHint")}
          data={Intl.supportedValuesOf("timeZone")}
          limit={30}
          required
          {...common}
          {...form.getInputProps("timeZone")}
        />
        <NumberInput
          label={say("retention")}
          description={say("retentionHint")}
          min={1}
          max={3_650}
          allowDecimal={false}
          {...common}
          {...form.getInputProps("retentionDays")}
        />
        <TextInput label={say("jurisdiction")} value={workspace.jurisdiction ?? say("jurisdictionNone")} {...common} readOnly />
        <NumberInput label={say("smallCount")} min={0} allowDecimal={false} {...common} {...form.getInputProps("smallCount")} />
        <NumberInput
          label={say("globalHoldout")}
          description={say("globalHoldoutHint")}
          min={0}
          max={1}
          step={0.01}
          {...common}
          {...form.getInputProps("globalHoldout")}
        />
        {mayWrite ? (
          <Button type="submit" w="fit-content">
            {say("save")}
          </Button>
        ) : null}
      </Stack>
    </form>
  );
}
