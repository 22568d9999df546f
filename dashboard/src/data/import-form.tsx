import { Autocomplete, Button, Checkbox, FileInput, Select, Stack, Text, TextInput } from "@mantine/core";
import Papa from "papaparse";
import { useState, type FormEvent, type ReactNode } from "react";
import { api, refresh } from "../api/client.ts";
import { DataTable } from "../parts/data-table.tsx";
import { failed } from "../parts/notices.tsx";
import { guess, mapOf, TARGETS } from "./column-map.ts";
import { sendFile } from "./send-file.ts";
import { useDataWords } from "./words.ts";

/** So much of a file is looked at to show what its columns hold. */
const LOOKED_AT_BYTES = 64_000;

interface Peek {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Sends a file: whose it is, what its rows and its columns are. */
export function ImportForm({ onBegun }: { readonly onBegun: (importId: string) => void }): ReactNode {
  const say = useDataWords();
  const sources = api.useQuery("get", "/api/sources", { params: { query: { limit: 200 } } });
  const [file, setFile] = useState<File | null>(null);
  const [peek, setPeek] = useState<Peek | undefined>();
  const [source, setSource] = useState("");
  const [type, setType] = useState<"track" | "identify">("track");
  const [event, setEvent] = useState("Order Completed");
  const [targets, setTargets] = useState<readonly string[]>([]);
  const [isTrial, setTrial] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const isCsv = file !== null && !/\.(?:ndjson|jsonl)$/i.test(file.name);
  const look = async (chosen: File | null, as: typeof type): Promise<void> => {
    setFile(chosen);
    setPeek(undefined);
    if (chosen === null || /\.(?:ndjson|jsonl)$/i.test(chosen.name)) return;
    const text = await chosen.slice(0, LOOKED_AT_BYTES).text();
    const [columns = [], ...rows] = Papa.parse(text, { preview: 4 }).data;
    setPeek({ columns, rows });
    setTargets(columns.map((column) => guess(column, as === "identify")));
  };
  const send = async (submitted: FormEvent): Promise<void> => {
    submitted.preventDefault();
    if (file === null) return;
    setBusy(true);
    try {
      const query = new URLSearchParams({ source, type, format: isCsv ? "csv" : "ndjson" });
      if (type === "track" && event !== "" && !targets.includes("event")) query.set("event", event);
      if (isCsv && peek !== undefined) query.set("map", mapOf(peek.columns, targets));
      if (isTrial) query.set("dryRun", "1");
      const importId = await sendFile(file, query);
      await refresh();
      onBegun(importId);
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(submitted) => void send(submitted)} aria-label={say("importNew")}>
      <Stack>
        <FileInput
          label={say("importFile")}
          value={file}
          required
          clearable
          accept=".csv,.ndjson,.jsonl,text/csv,application/x-ndjson"
          placeholder={say("required")}
          onChange={(chosen) => void look(chosen, type)}
        />
        <Select
          label={say("importSource")}
          value={source}
          required
          data={(sources.data?.sources ?? []).map(({ key, name }) => ({ value: key, label: name }))}
          onChange={(chosen) => setSource(chosen ?? "")}
        />
        <Select
          label={say("importType")}
          value={type}
          allowDeselect={false}
          data={(["track", "identify"] as const).map((one) => ({ value: one, label: say(`type_${one}`) }))}
          onChange={(chosen) => {
            const next = chosen === "identify" ? "identify" : "track";
            setType(next);
            void look(file, next);
          }}
        />
        {type === "track" ? (
          <TextInput label={say("event")} value={event} onChange={(typed) => setEvent(typed.currentTarget.value)} />
        ) : null}
        {peek === undefined ? null : (
          <>
            <Text size="sm" c="dimmed">
              {say("importMapHint")}
            </Text>
            <DataTable
              label={say("importMap")}
              head={[say("column"), say("as"), say("values")]}
              rows={peek.columns.map((column, place) => ({
                key: `${place} ${column}`,
                cells: [
                  column,
                  <Autocomplete
                    key="as"
                    aria-label={`${say("as")}: ${column}`}
                    value={targets[place] ?? ""}
                    placeholder={say("ignore")}
                    data={TARGETS.filter(Boolean)}
                    onChange={(target) => setTargets(targets.map((one, at) => (at === place ? target : one)))}
                  />,
                  peek.rows.map((row) => row[place] ?? "").join(" · "),
                ],
              }))}
            />
          </>
        )}
        <Checkbox label={say("dryRun")} checked={isTrial} onChange={(changed) => setTrial(changed.currentTarget.checked)} />
        <Button type="submit" loading={isBusy} disabled={file === null || source === ""} w="fit-content">
          {say("start")}
        </Button>
      </Stack>
    </form>
  );
}
