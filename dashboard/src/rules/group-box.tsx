import { Box, Group, Paper, Stack, Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import type { RuleGroupProps } from "react-querybuilder";
import { childPointer } from "../../../core/rules/faults.ts";
import { AddMenu } from "./add-menu.tsx";
import { setGroup, turn } from "./edits.ts";
import { Faults } from "./fault-board.tsx";
import { ChoiceField, NumberField } from "./fields.tsx";
import { objectOf, textOf } from "./json-edit.ts";
import { GROUPS, isGroup, isSingle, subjectOf, takesMissing, type GroupKind, type Query } from "./model.ts";
import { NodeActions } from "./node-actions.tsx";
import { OrUnknown } from "./or-unknown.tsx";
import { act, type Place } from "./place.ts";
import { useRuleWords } from "./words.ts";

/** Conditions and how they are joined. The outermost is bare: one condition needs no group. */
export function GroupBox(props: RuleGroupProps): ReactNode {
  const { ruleGroup, path, schema, context, disabled = false } = props;
  const say = useRuleWords();
  const place = context as Place;
  const group = ruleGroup as unknown as Query;
  const pointer = place.pointers.get(group.id) ?? "";
  const isRoot = path.length === 0;
  const isBare = group.bare === true && group.rules.length < 2;
  const name = groupName(group, say);
  const inner = (
    <Stack gap="sm" role="group" aria-label={isRoot ? `${place.label}: ${name}` : name} data-node={group.id}>
      {isBare ? null : (
        <Group gap="xs" justify="space-between" align="flex-start" wrap="nowrap">
          <GroupHead group={group} place={place} schema={schema} pointer={pointer} />
          {disabled || isRoot ? null : <NodeActions node={group} name={name} place={place} schema={schema} path={path} />}
        </Group>
      )}
      <Nodes {...props} />
      {disabled || (isSingle(group.combinator) && group.rules.length > 0) ? null : (
        <AddMenu group={group} name={isRoot ? place.label : name} place={place} schema={schema} />
      )}
      {isBare && group.rules.length === 1 ? null : <Faults pointer={pointer} />}
    </Stack>
  );
  return isRoot && isBare ? (
    inner
  ) : (
    <Paper withBorder p="sm" radius="md" style={{ minWidth: 0, background: "transparent" }}>
      {inner}
    </Paper>
  );
}

function groupName({ combinator, rules, least }: Query, say: ReturnType<typeof useRuleWords>): string {
  const count = rules.length;
  if (isSingle(combinator)) return say(`name_${combinator}`);
  return say(`name_${combinator}`, { count, least: textOf(least) });
}

type Schema = RuleGroupProps["schema"];

function GroupHead({
  group,
  place,
  schema,
  pointer,
}: {
  readonly group: Query;
  readonly place: Place;
  readonly schema: Schema;
  readonly pointer: string;
}): ReactNode {
  const say = useRuleWords();
  const subject = textOf(objectOf(soleValue(group))[subjectOf(place.grammar)]);
  return (
    <Group gap="xs" align="center" style={{ minWidth: 0 }}>
      <ChoiceField<GroupKind>
        label={say("groupIs")}
        value={group.combinator}
        choices={GROUPS[place.grammar].map((kind) => ({ value: kind, label: say(`group_${kind}`) }))}
        onChange={(kind) => act(place, schema, (query) => turn(query, group.id, kind))}
      />
      {group.combinator === "atLeast" ? (
        <>
          <NumberField
            label={say("least")}
            value={group.least}
            pointer={childPointer(pointer, "atLeast")}
            onChange={(least) => act(place, schema, (query) => setGroup(query, group.id, { least }))}
            style={{ width: "4rem" }}
          />
          <Text size="sm">{say("ofTheseConditions", { count: group.rules.length })}</Text>
        </>
      ) : null}
      {takesMissing(group, place.grammar) ? (
        <OrUnknown
          why={say("orUnknownDenied", { name: subject })}
          checked={group.orMissing === true}
          onChange={(orMissing) => act(place, schema, (query) => setGroup(query, group.id, { orMissing }))}
        />
      ) : null}
    </Group>
  );
}

function soleValue({ rules }: Query): Parameters<typeof objectOf>[0] {
  const [only] = rules;
  return only === undefined || isGroup(only) ? undefined : only.value;
}

/** The parts, with the word that joins them between. */
function Nodes({ ruleGroup, path, schema, actions, translations, context, disabled, parentDisabled }: RuleGroupProps): ReactNode {
  const say = useRuleWords();
  const group = ruleGroup as unknown as Query;
  const { ruleGroup: AGroup, rule: ARow } = schema.controls;
  const shared = {
    schema,
    actions,
    translations,
    context: context as unknown,
    parentDisabled: parentDisabled === true || disabled === true,
  };
  return group.rules.map((node, index) => {
    const at = [...path, index];
    return (
      <Fragment key={node.id}>
        {index === 0 || isSingle(group.combinator) ? null : (
          <Text size="xs" c="dimmed" fw={600} aria-hidden>
            {say(`join_${group.combinator}`)}
          </Text>
        )}
        <Box>
          {isGroup(node) ? (
            <AGroup id={node.id} path={at} ruleGroup={node as never} {...shared} />
          ) : (
            <ARow id={node.id} path={at} rule={node} {...shared} />
          )}
        </Box>
      </Fragment>
    );
  });
}
