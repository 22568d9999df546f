import { Button, Menu } from "@mantine/core";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { RuleGroupProps } from "react-querybuilder";
import { newGroup, newNode } from "./defaults.ts";
import { addTo } from "./edits.ts";
import { GROUPS, LEAVES, type GroupKind, type Node, type Query } from "./model.ts";
import { act, type Place } from "./place.ts";
import { useRuleWords } from "./words.ts";

/** Groups that a marketer begins with; any can be turned into any other. */
const OFFERED: ReadonlySet<GroupKind> = new Set<GroupKind>(["any", "none", "atLeast", "household"]);

/** Adds a condition or a group to a group. */
export function AddMenu({
  group,
  name,
  place,
  schema,
}: {
  readonly group: Query;
  readonly name: string;
  readonly place: Place;
  readonly schema: RuleGroupProps["schema"];
}): ReactNode {
  const say = useRuleWords();
  const { grammar } = place;
  const add = (node: () => Node) => () => act(place, schema, (query) => addTo(query, group.id, node()));
  return (
    <div>
      <Menu position="bottom-start" withinPortal returnFocus={false}>
        <Menu.Target>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<Plus size={16} aria-hidden />}
            aria-label={say("addTo", { group: name })}
          >
            {say("add")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {LEAVES[grammar].map((kind) => (
            <Menu.Item key={kind} onClick={add(() => newNode(kind, grammar))}>
              {say(`long_${kind}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>{say("addGroup")}</Menu.Label>
          {GROUPS[grammar]
            .filter((kind) => OFFERED.has(kind))
            .map((kind) => (
              <Menu.Item key={kind} onClick={add(() => newGroup(kind, grammar))}>
                {say(`group_${kind}`)}
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
