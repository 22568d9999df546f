import { Button, Drawer, FileInput, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { api, call, refresh } from "../api/client.ts";
import type { List } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { keyOf, isKey } from "../parts/key.ts";
import { done, failed } from "../parts/notices.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { When } from "../parts/when.tsx";
import { usePartWords } from "../parts/words.ts";
import { useMay } from "../shell/session.ts";
import { useDataWords } from "./words.ts";

const PURPOSES = ["suppression", "customers", "partner"] as const;
const IDENTIFIERS = ["email", "emailSha256", "phone", "userId", "anonymousId", "ext:loyalty_card"];

/** People whom the marketer brings. */
export function ListsScreen(): ReactNode {
  const say = useDataWords();
  const part = usePartWords();
  const mayWrite = useMay("rules:write");
  const [chosen, choose] = useUrlState("list");
  const lists = api.useQuery("get", "/api/lists", { params: { query: { limit: 200 } } });
  return (
    <Loaded query={lists}>
      {({ lists: all }) => {
        const list = all.find(({ key }) => key === chosen);
        return (
          <Stack>
            {mayWrite ? (
              <Button leftSection={<Plus size={16} aria-hidden />} w="fit-content" onClick={() => choose("+new")}>
                {say("newList")}
              </Button>
            ) : null}
            {all.length === 0 ? (
              <Empty title={say("noLists")} text={say("noListsText")} />
            ) : (
              <DataTable
                label={say("lists")}
                head={[say("name"), say("purpose"), say("identifier"), ""]}
                rows={all.map((one) => ({
                  key: one.key,
                  cells: [
                    one.name,
                    say(`purpose_${one.purpose}`),
                    one.identifier,
                    <Button key="open" size="compact-sm" variant="default" onClick={() => choose(one.key)}>
                      {say("members")}
                    </Button>,
                  ],
                }))}
              />
            )}
            <Drawer
              opened={chosen !== ""}
              onClose={() => choose("")}
              position="right"
              size="lg"
              title={list?.name ?? say("newList")}
              closeButtonProps={{ "aria-label": part("close") }}
            >
              {list === undefined ? <ListForm onSaved={choose} /> : <Members list={list} />}
            </Drawer>
          </Stack>
        );
      }}
    </Loaded>
  );
}

function ListForm({ onSaved }: { readonly onSaved: (key: string) => void }): ReactNode {
  const say = useDataWords();
  const part = usePartWords();
  const form = useForm({
    initialValues: { name: "", key: "", purpose: "customers", identifier: "email", expires: "" },
    validate: { key: (key) => (isKey(key) ? null : say("keyHint")) },
  });
  const save = async ({ key, name, purpose, identifier, expires }: typeof form.values): Promise<void> => {
    try {
      const of = PURPOSES.find((one) => one === purpose) ?? "customers";
      await call.PUT("/api/lists/{key}", {
        params: { path: { key } },
        body: { name, purpose: of, identifier, expires: expires === "" ? null : expires },
      });
      await refresh();
      done(part("saved"));
      onSaved(key);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))} aria-label={say("newList")}>
      <Stack>
        <TextInput
          label={say("name")}
          required
          {...form.getInputProps("name")}
          onBlur={() => {
            if (form.values.key === "") form.setFieldValue("key", keyOf(form.values.name));
          }}
        />
        <TextInput label={say("key")} description={say("keyHint")} required {...form.getInputProps("key")} />
        <Select
          label={say("purpose")}
          allowDeselect={false}
          data={PURPOSES.map((one) => ({ value: one, label: say(`purpose_${one}`) }))}
          {...form.getInputProps("purpose")}
        />
        <Select label={say("identifier")} allowDeselect={false} data={IDENTIFIERS} {...form.getInputProps("identifier")} />
        <TextInput label={say("expires")} description={say("expiresHint")} {...form.getInputProps("expires")} />
        <Button type="submit" w="fit-content">
          {say("save")}
        </Button>
      </Stack>
    </form>
  );
}

function Members({ list }: { readonly list: List }): ReactNode {
  const say = useDataWords();
  const numbers = useNumbers();
  const mayWrite = useMay("rules:write");
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<"append" | "replace">("append");
  const detail = api.useQuery(
    "get",
    "/api/lists/{key}",
    { params: { path: { key: list.key } } },
    {
      refetchInterval: ({ state }) =>
        state.data?.uploads.some(({ state: of }) => of !== "done" && of !== "failed") === true ? 1_000 : false,
    },
  );
  const upload = async (): Promise<void> => {
    if (file === null) return;
    try {
      const response = await fetch(
        `/api/lists/${list.key}/members?mode=${mode}&format=${/\.csv$/i.test(file.name) ? "csv" : "text"}`,
        {
          method: "POST",
          body: file,
        },
      );
      if (!response.ok) throw new Error(((await response.json()) as { title?: string }).title ?? String(response.status));
      setFile(null);
      await detail.refetch();
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Loaded query={detail}>
      {({ members, uploads }) => (
        <Stack>
          <Text>{`${say("members")}: ${numbers.count(members)}`}</Text>
          {mayWrite ? (
            <Group align="flex-end">
              <FileInput
                label={say("importFile")}
                value={file}
                onChange={setFile}
                accept=".txt,.csv,text/plain,text/csv"
                w={220}
                placeholder={say("required")}
              />
              <Select
                label={say("mode")}
                value={mode}
                allowDeselect={false}
                data={(["append", "replace"] as const).map((one) => ({ value: one, label: say(`mode_${one}`) }))}
                onChange={(chosen) => setMode(chosen === "replace" ? "replace" : "append")}
              />
              <Button disabled={file === null} onClick={() => void upload()}>
                {say("upload")}
              </Button>
            </Group>
          ) : null}
          <DataTable
            label={say("uploadState")}
            head={[say("uploadState"), say("state"), say("rows"), say("rejected")]}
            numeric={[2, 3]}
            rows={uploads.map((one) => ({
              key: one.id,
              cells: [<When key="at" at={one.acceptedAt} />, one.state, numbers.count(one.rows), numbers.count(one.rejected)],
            }))}
          />
        </Stack>
      )}
    </Loaded>
  );
}
