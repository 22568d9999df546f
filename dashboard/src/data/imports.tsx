import { Button, Drawer, Group, Progress, Stack, Text } from "@mantine/core";
import { Upload } from "lucide-react";
import type { ReactNode } from "react";
import { api } from "../api/client.ts";
import type { Import } from "../api/types.ts";
import { useNumbers } from "../i18n/numbers.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { When } from "../parts/when.tsx";
import { usePartWords } from "../parts/words.ts";
import { ImportForm } from "./import-form.tsx";
import { useDataWords } from "./words.ts";

/** While something is under way it is looked at so often, ms. */
const EVERY_MS = 1_000;

/** Files that were brought, how far they are, and which rows were not taken. */
export function ImportsScreen(): ReactNode {
  const say = useDataWords();
  const part = usePartWords();
  const numbers = useNumbers();
  const [chosen, choose] = useUrlState("import");
  const imports = api.useQuery(
    "get",
    "/api/imports",
    { params: { query: { limit: 50 } } },
    { refetchInterval: ({ state }) => (state.data?.imports.some(isUnderWay) === true ? EVERY_MS : false) },
  );
  return (
    <Stack>
      <Text c="dimmed">{say("importLead")}</Text>
      <Button leftSection={<Upload size={16} aria-hidden />} w="fit-content" onClick={() => choose("+new")}>
        {say("importNew")}
      </Button>
      <Loaded query={imports}>
        {({ imports: all }) =>
          all.length === 0 ? (
            <Empty title={say("noImports")} text={say("noImportsText")} />
          ) : (
            <DataTable
              label={say("imports")}
              head={[
                say("importFile"),
                say("importSource"),
                say("state"),
                say("progress"),
                say("accepted"),
                say("rejected"),
                say("begun"),
                "",
              ]}
              numeric={[4, 5]}
              rows={all.map((one) => ({
                key: one.importId,
                cells: [
                  one.importId,
                  one.source,
                  `${say(`state_${one.state}`)}${one.dryRun ? ` (${say("tried")})` : ""}`,
                  <Bar key="bar" of={one} />,
                  numbers.count(one.accepted),
                  numbers.count(one.rejected),
                  <When key="begun" at={one.createdAt} />,
                  <Button key="open" size="compact-sm" variant="default" onClick={() => choose(one.importId)}>
                    {say("report")}
                  </Button>,
                ],
              }))}
            />
          )
        }
      </Loaded>
      <Drawer
        opened={chosen !== ""}
        onClose={() => choose("")}
        position="right"
        size="xl"
        title={chosen === "+new" ? say("importNew") : say("report")}
        closeButtonProps={{ "aria-label": part("close") }}
      >
        {chosen === "+new" ? <ImportForm onBegun={choose} /> : chosen === "" ? null : <Report id={chosen} />}
      </Drawer>
    </Stack>
  );
}

function isUnderWay({ state }: Pick<Import, "state">): boolean {
  return state === "receiving" || state === "applying";
}

function Bar({ of }: { readonly of: Import }): ReactNode {
  const say = useDataWords();
  const numbers = useNumbers();
  const share = of.state === "done" ? 1 : of.bytes.total === 0 ? 0 : of.bytes.done / of.bytes.total;
  return (
    <Group gap="xs" wrap="nowrap" miw={120}>
      <Progress.Root flex={1} size="md">
        <Progress.Section value={share * 100} aria-label={say("progress")} />
      </Progress.Root>
      <Text size="xs">{numbers.share(share)}</Text>
    </Group>
  );
}

function Report({ id }: { readonly id: string }): ReactNode {
  const say = useDataWords();
  const numbers = useNumbers();
  const report = api.useQuery(
    "get",
    "/api/imports/{id}",
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => (state.data === undefined || isUnderWay(state.data) ? EVERY_MS : false) },
  );
  return (
    <Loaded query={report}>
      {(one) => (
        <Stack>
          <Bar of={one} />
          <Text aria-live="polite">
            {`${say("rows")}: ${numbers.count(one.rows)} · ${say("accepted")}: ${numbers.count(one.accepted)} · ${say("rejected")}: ${numbers.count(one.rejected)}`}
          </Text>
          {one.report.failure === null ? null : (
            <Text c="red">{[one.report.failure.code, one.report.failure.column].filter(Boolean).join(": ")}</Text>
          )}
          {one.report.rejected.length === 0 ? (
            one.state === "done" ? (
              <Text>{say("noRejected")}</Text>
            ) : null
          ) : (
            <DataTable
              label={say("rejectedRows")}
              head={[say("row"), say("reason"), say("column")]}
              rows={one.report.rejected.slice(0, 200).map(({ row, code, column }) => ({
                key: `${row} ${code}`,
                cells: [numbers.count(row), code, column ?? "–"],
              }))}
            />
          )}
        </Stack>
      )}
    </Loaded>
  );
}
