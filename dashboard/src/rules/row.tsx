import { Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { RuleProps } from "react-querybuilder";
import type { Json } from "../../../core/model/json.ts";
import { ConditionEditor } from "./condition-editor.tsx";
import { newCondition } from "./defaults.ts";
import { setLeaf } from "./edits.ts";
import { Faults } from "./fault-board.tsx";
import { ChoiceField } from "./fields.tsx";
import { LEAVES, type Leaf, type LeafKind } from "./model.ts";
import { act, type Place } from "./place.ts";
import { NodeActions } from "./node-actions.tsx";
import { useRuleWords } from "./words.ts";
import { reach } from "./inline.tsx";

/** One condition: its kind, the controls of that kind, and what can be done to it. */
export function Row({ rule, path, schema, context, disabled = false }: RuleProps): ReactNode {
  const say = useRuleWords();
  const place = context as Place;
  const leaf = rule as unknown as Leaf;
  const { grammar } = place;
  const pointer = place.pointers.get(leaf.id) ?? "";
  const set = (value: Json): void => act(place, schema, (query) => setLeaf(query, leaf.id, value, grammar));
  const kinds = LEAVES[grammar];
  const name = say("condition", { place: (path.at(-1) ?? 0) + 1, kind: say(`kind_${leaf.field}`) });
  const sole = kinds.length === 1 && leaf.field !== "raw";
  return (
    <Group role="group" aria-label={name} data-node={leaf.id} gap="xs" wrap="nowrap" align="flex-start" justify="space-between">
      <Stack gap={6} style={{ flex: 1, minWidth: 0, ...reach(!disabled) }}>
        <Group gap="xs" align="flex-start">
          {sole ? null : (
            <ChoiceField<LeafKind>
              label={say("kind")}
              value={leaf.field}
              choices={[...kinds, ...(leaf.field === "raw" ? (["raw"] as const) : [])].map((kind) => ({
                value: kind,
                label: say(`kind_${kind}`),
              }))}
              onChange={(kind) => {
                if (kind !== leaf.field) set(newCondition(kind));
              }}
            />
          )}
          <ConditionEditor
            kind={leaf.field}
            grammar={grammar}
            value={leaf.value}
            onChange={set}
            pointer={pointer}
            isDenied={place.denied.has(leaf.id)}
          />
        </Group>
        <Faults pointer={pointer} />
      </Stack>
      {disabled ? null : <NodeActions node={leaf} name={name} place={place} schema={schema} path={path} />}
    </Group>
  );
}
