import { Button, Drawer, JsonInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation, useParams } from "wouter";
import { api, call, refresh } from "../api/client.ts";
import type { Content, Placement, PlacementBody } from "../api/types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { isKey, keyOf } from "../parts/key.ts";
import { done, failed } from "../parts/notices.tsx";
import { Page } from "../parts/page.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { usePartWords } from "../parts/words.ts";
import { useMay } from "../shell/session.ts";
import { CampaignTabs } from "./list.tsx";
import { useCampaignWords } from "./words.ts";

/** The slots that campaigns fill. */
export function PlacementList(): ReactNode {
  const say = useCampaignWords();
  const part = usePartWords();
  const [, go] = useLocation();
  const { key: chosen = "" } = useParams<{ key?: string }>();
  const mayWrite = useMay("rules:write");
  const placements = api.useQuery("get", "/api/placements", { params: { query: { limit: 200 } } });
  const open = (key: string): void => go(`/campaigns/placements${key === "" ? "" : `/${key}`}`);
  return (
    <Page
      title={say("placements")}
      lead={say("lead")}
      actions={
        mayWrite ? (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => open("+new")}>
            {say("newPlacement")}
          </Button>
        ) : undefined
      }
    >
      <CampaignTabs here="placements" />
      <Loaded query={placements}>
        {({ placements: all }) => {
          const placement = all.find(({ key }) => key === chosen);
          return (
            <>
              {all.length === 0 ? (
                <Empty title={say("noPlacements")} text={say("noPlacementsText")} />
              ) : (
                <DataTable
                  label={say("placements")}
                  head={[say("name"), say("key"), say("purpose"), ""]}
                  rows={all.map(({ key, name, purpose }) => ({
                    key,
                    cells: [
                      name,
                      key,
                      say(`purpose_${purpose}`),
                      <Button key="edit" size="compact-sm" variant="default" onClick={() => open(key)}>
                        {say("edit")}
                      </Button>,
                    ],
                  }))}
                />
              )}
              <Drawer
                opened={chosen !== ""}
                onClose={() => open("")}
                position="right"
                size="lg"
                title={placement?.name ?? say("newPlacement")}
                closeButtonProps={{ "aria-label": part("close") }}
              >
                <PlacementForm key={chosen} placement={placement} onSaved={() => open("")} />
              </Drawer>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function PlacementForm({
  placement,
  onSaved,
}: {
  readonly placement: Placement | undefined;
  readonly onSaved: () => void;
}): ReactNode {
  const say = useCampaignWords();
  const mayWrite = useMay("rules:write");
  const form = useForm({
    initialValues: {
      name: placement?.name ?? "",
      key: placement?.key ?? "",
      purpose: placement?.purpose ?? "content",
      usual: JSON.stringify(placement?.default ?? {}, null, 2),
    },
    validate: {
      key: (key) => (isKey(key) ? null : say("keyHint")),
      usual: (text) => (isJson(text) ? null : say("notJson")),
    },
  });
  const save = async ({ key, name, purpose, usual }: typeof form.values): Promise<void> => {
    try {
      const body: PlacementBody = { name, purpose, default: JSON.parse(usual) as Content };
      await call.PUT("/api/placements/{key}", { params: { path: { key } }, body });
      await refresh();
      done(say("saved"));
      onSaved();
    } catch (error) {
      failed(error);
    }
  };
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))} aria-label={say("placement")}>
      <Stack gap="sm">
        <TextInput
          label={say("name")}
          required
          readOnly={!mayWrite}
          {...form.getInputProps("name")}
          onBlur={() => {
            if (form.values.key === "") form.setFieldValue("key", keyOf(form.values.name));
          }}
        />
        <TextInput
          label={say("key")}
          description={say("keyHint")}
          required
          disabled={placement !== undefined}
          {...form.getInputProps("key")}
        />
        <Select
          label={say("purpose")}
          allowDeselect={false}
          readOnly={!mayWrite}
          data={(["content", "ads", "measurement"] as const).map((one) => ({ value: one, label: say(`purpose_${one}`) }))}
          {...form.getInputProps("purpose")}
        />
        <JsonInput label={say("default")} autosize minRows={3} readOnly={!mayWrite} {...form.getInputProps("usual")} />
        {mayWrite ? (
          <Button type="submit" w="fit-content">
            {say("save")}
          </Button>
        ) : null}
        {placement !== undefined && mayWrite ? (
          <Confirm
            variant="light"
            color="red"
            w="fit-content"
            text={say("delete")}
            question={say("deleteQuestion", { name: placement.name })}
            act={say("delete")}
            onAct={async () => {
              await call.DELETE("/api/placements/{key}", { params: { path: { key: placement.key } } });
              await refresh();
              done(say("deleted"));
              onSaved();
            }}
          >
            <Text>{say("deleteText")}</Text>
          </Confirm>
        ) : null}
      </Stack>
    </form>
  );
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
