import { Alert, Group, Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import { Info } from "lucide-react";
import { useLayoutEffect, useMemo, useState, type ReactNode } from "react";
import { isJsonObject, type Json } from "../../../core/model/json.ts";
import { useLanguage } from "../i18n/words.ts";
import { API_CATALOGUE, CatalogueContext, KnownContext, useTraits, type CatalogueSource } from "./catalogue.ts";
import type { Checked } from "./checker.ts";
import { FaultBoard, FaultContext, RemoveStray, useFaultText, type PlacedFault } from "./fault-board.tsx";
import { removeAt } from "./json-edit.ts";
import { JsonView } from "./json-view.tsx";
import { QueryEditor } from "./query-editor.tsx";
import { useChecked } from "./use-checked.ts";
import { useRuleWords } from "./words.ts";

export interface RuleBuilderProps {
  /** A rule of the rule language as JSON, right or wrong; `{}` says nothing yet. */
  readonly value: Json;
  readonly onChange: (rule: Json) => void;
  /** What completes names and values; the API's unless given. */
  readonly catalogue?: CatalogueSource;
  /** What the server found wrong, beside what is found here: until the rule is changed. */
  readonly faults?: readonly PlacedFault[];
  readonly readOnly?: boolean;
}

/** Edits any rule of the language by controls, says it as a sentence meanwhile, and shows faults where they are. */
export function RuleBuilder({ catalogue = API_CATALOGUE, ...props }: RuleBuilderProps): ReactNode {
  return (
    <CatalogueContext value={catalogue}>
      <Builder {...props} />
    </CatalogueContext>
  );
}

function Builder({ value, onChange, faults = NONE, readOnly = false }: Omit<RuleBuilderProps, "catalogue">): ReactNode {
  const say = useRuleWords();
  const [view, setView] = useState<"builder" | "json">("builder");
  const checked = useChecked(value);
  // What says nothing yet is no mistake to mark.
  const saysNothing = isEmpty(value);
  const all = useMemo(() => (saysNothing ? NONE : together(checked?.faults ?? NONE, faults)), [checked, faults, saysNothing]);
  const [board] = useState(() => new FaultBoard());
  useLayoutEffect(() => board.set(all), [board, all]);
  return (
    <FaultContext value={board}>
      <RemoveStray value={(pointer) => onChange(removeAt(value, pointer))}>
        <Stack gap="md">
          <Meaning checked={checked} isEmpty={saysNothing} faults={all.length} />
          <Group justify="flex-end">
            <SegmentedControl
              aria-label={say("view")}
              size="xs"
              value={view}
              onChange={(chosen) => setView(chosen === "json" ? "json" : "builder")}
              data={[
                { value: "builder", label: say("builder") },
                { value: "json", label: say("json") },
              ]}
            />
          </Group>
          {view === "json" ? (
            <JsonView value={value} onChange={onChange} faults={all} readOnly={readOnly} />
          ) : (
            <fieldset disabled={readOnly} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
              <Traits>
                <QueryEditor grammar="rule" label={say("who")} value={value} onChange={onChange} pointer="" />
              </Traits>
            </fieldset>
          )}
        </Stack>
      </RemoveStray>
    </FaultContext>
  );
}

const NONE: readonly PlacedFault[] = [];

/** Those found here first; one that both found is shown once. */
function together(here: readonly PlacedFault[], there: readonly PlacedFault[]): readonly PlacedFault[] {
  const known = new Set(here.map(({ pointer, code }) => `${code} ${pointer}`));
  return [...here, ...there.filter(({ pointer, code }) => !known.has(`${code} ${pointer}`))];
}

function isEmpty(value: Json): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** Offers traits to the conditions within. */
function Traits({ children }: { readonly children: ReactNode }): ReactNode {
  return <KnownContext value={useTraits()}>{children}</KnownContext>;
}

/** The rule as a sentence, and what may surprise about it. While something is wrong the last sentence would lie: it says so. */
function Meaning({
  checked,
  isEmpty: isNew,
  faults,
}: {
  readonly checked: Checked | undefined;
  readonly isEmpty: boolean;
  readonly faults: number;
}): ReactNode {
  const say = useRuleWords();
  const language = useLanguage();
  const faultText = useFaultText();
  const sentence = checked?.sentences?.[language];
  return (
    <Paper withBorder p="md" component="section" aria-label={say("meaning")}>
      <Text size="xs" c="dimmed">
        {say("meaning")}
      </Text>
      <div aria-live="polite">
        {isNew ? (
          <Text>{say("empty")}</Text>
        ) : (
          <Text className="wrap" fw={sentence === undefined ? 400 : 550} {...(sentence === undefined && { c: "dimmed" })}>
            {sentence ?? say("meaningOpen")}
          </Text>
        )}
        {faults > 0 ? (
          <Text size="sm" c="dimmed">
            {say("faults", { count: faults })}
          </Text>
        ) : null}
      </div>
      {checked === undefined || checked.warnings.length === 0 ? null : (
        <Alert mt="xs" variant="light" color="yellow" icon={<Info aria-hidden />} title={say("warnings")}>
          {[...new Set(checked.warnings.map(faultText))].map((text) => (
            <Text key={text} size="sm">
              {text}
            </Text>
          ))}
        </Alert>
      )}
    </Paper>
  );
}
