import { ActionIcon, Group, Menu } from "@mantine/core";
import { ArrowDown, ArrowUp, Copy, EllipsisVertical, Group as GroupIcon, Trash2, Ungroup } from "lucide-react";
import type { ReactNode } from "react";
import type { RuleProps } from "react-querybuilder";
import { canLift, duplicate, lift, move, remove, wrap, type Edited } from "./edits.ts";
import { isGroup, isSingle, type Node, type Query } from "./model.ts";
import { act, type Place } from "./place.ts";
import { useRuleWords } from "./words.ts";

/** What can be done to a condition or a group within its group. */
export function NodeActions({
  node,
  name,
  place,
  schema,
  path,
}: {
  readonly node: Node;
  /** What it is called. */
  readonly name: string;
  readonly place: Place;
  readonly schema: RuleProps["schema"];
  readonly path: readonly number[];
}): ReactNode {
  const say = useRuleWords();
  const { query } = place;
  const parent = parentAt(query, path);
  const index = path.at(-1) ?? 0;
  const isSole = parent !== undefined && isSingle(parent.combinator);
  const run = (edit: (query: Query) => Edited) => () => act(place, schema, edit);
  return (
    <Group gap={2} wrap="nowrap">
      <Menu position="bottom-end" withinPortal returnFocus>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={say("moreOf", { name })}>
            <EllipsisVertical size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<ArrowUp size={16} aria-hidden />}
            disabled={index === 0}
            onClick={run((now) => move(now, node.id, -1))}
          >
            {say("moveUp")}
          </Menu.Item>
          <Menu.Item
            leftSection={<ArrowDown size={16} aria-hidden />}
            disabled={parent === undefined || index === parent.rules.length - 1}
            onClick={run((now) => move(now, node.id, 1))}
          >
            {say("moveDown")}
          </Menu.Item>
          <Menu.Item leftSection={<GroupIcon size={16} aria-hidden />} onClick={run((now) => wrap(now, node.id))}>
            {say("wrap")}
          </Menu.Item>
          <Menu.Item
            leftSection={<Ungroup size={16} aria-hidden />}
            disabled={path.length < 2 || !canLift(query, node.id)}
            onClick={run((now) => lift(now, node.id))}
          >
            {say("lift")}
          </Menu.Item>
          <Menu.Item
            leftSection={<Copy size={16} aria-hidden />}
            disabled={isSole}
            onClick={run((now) => duplicate(now, node.id))}
          >
            {say("duplicate")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={say("removeOf", { name })}
        onClick={run((now) => remove(now, node.id))}
      >
        <Trash2 size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

/** The group that holds the node at a path. */
function parentAt(query: Query, path: readonly number[]): Query | undefined {
  let group: Query | undefined = query;
  for (const index of path.slice(0, -1)) {
    const node: Node | undefined = group?.rules[index];
    group = node !== undefined && isGroup(node) ? node : undefined;
  }
  return group;
}
