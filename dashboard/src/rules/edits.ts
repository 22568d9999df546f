import type { Json } from "../../../core/model/json.ts";
import { groupOf, isGroup, isSingle, leafOf, type Grammar, type GroupKind, type Node, type Query } from "./model.ts";

/** What can be done to a query: each gives a new one, and where the reader's focus belongs. */
export interface Edited {
  readonly query: Query;
  /** Id of a node; undefined to leave it where it is. */
  readonly focus?: string;
}

type Place = readonly [parent: Query, index: number];

export function addTo(query: Query, group: string, node: Node): Edited {
  return { query: changed(query, group, (parent) => ({ ...parent, rules: [...parent.rules, node] })), focus: node.id };
}

/** Focus goes to what took its place, else to what stands before it, else to the group. */
export function remove(query: Query, id: string): Edited {
  const [parent, index] = placeOf(query, id);
  const rules = parent.rules.toSpliced(index, 1);
  return { query: inParent(query, parent, rules), focus: (rules[index] ?? rules.at(-1) ?? parent).id };
}

/** @param by -1 for up, 1 for down, within its group */
export function move(query: Query, id: string, by: -1 | 1): Edited {
  const [parent, index] = placeOf(query, id);
  const [node, other] = [parent.rules[index], parent.rules[index + by]];
  if (node === undefined || other === undefined) return { query };
  return { query: inParent(query, parent, parent.rules.with(index, other).with(index + by, node)), focus: id };
}

export function duplicate(query: Query, id: string): Edited {
  const [parent, index] = placeOf(query, id);
  const node = parent.rules[index];
  if (node === undefined) return { query };
  const copy = copyOf(node);
  return { query: inParent(query, parent, parent.rules.toSpliced(index + 1, 0, copy)), focus: copy.id };
}

/** Puts a node in a group of its own, in its place; the outermost too, so that something can stand beside it. */
export function wrap(query: Query, id: string, kind: GroupKind = "any"): Edited {
  if (query.id === id) return { query: groupOf("all", [query], { bare: true }), focus: id };
  const [parent, index] = placeOf(query, id);
  const node = parent.rules[index];
  if (node === undefined) return { query };
  const group = groupOf(kind, [node]);
  return { query: inParent(query, parent, parent.rules.with(index, group)), focus: group.id };
}

/** Moves a node out of its group, to after it; a group that is then empty goes. */
export function lift(query: Query, id: string): Edited {
  const [parent, index] = placeOf(query, id);
  const node = parent.rules[index];
  if (!canLift(query, id) || node === undefined) return { query };
  const [above, at] = placeOf(query, parent.id);
  const rest = { ...parent, rules: parent.rules.toSpliced(index, 1) };
  const rules = rest.rules.length === 0 ? above.rules.with(at, node) : above.rules.with(at, rest).toSpliced(at + 1, 0, node);
  return { query: inParent(query, above, rules), focus: id };
}

/** Not out of the outermost group, and not to beside the one part of a negation. */
export function canLift(query: Query, id: string): boolean {
  const [parent] = placeOf(query, id);
  if (parent.id === query.id) return false;
  const [above] = placeOf(query, parent.id);
  return !isSingle(above.combinator) || parent.rules.length === 1;
}

/** A group of another kind over the same parts; several parts of what takes one are grouped. */
export function turn(query: Query, id: string, kind: GroupKind): Edited {
  return {
    query: changed(query, id, ({ least: _least, orMissing: _orMissing, bare, ...group }) => {
      const rules = isSingle(kind) && group.rules.length > 1 ? [groupOf("all", group.rules)] : group.rules;
      const isBare = bare === true && (kind === "all" || kind === "any");
      return { ...group, combinator: kind, rules, ...(kind === "atLeast" && { least: 1 }), ...(isBare && { bare }) };
    }),
  };
}

export function setGroup(query: Query, id: string, part: Pick<Query, "least" | "orMissing">): Edited {
  return { query: changed(query, id, (group) => ({ ...group, ...part })) };
}

export function setLeaf(query: Query, id: string, value: Json, grammar: Grammar): Edited {
  const [parent, index] = placeOf(query, id);
  const leaf = { ...leafOf(value, grammar), id };
  return { query: inParent(query, parent, parent.rules.with(index, leaf)) };
}

export function find(query: Query, id: string): Node | undefined {
  if (query.id === id) return query;
  for (const node of query.rules) {
    const found = isGroup(node) ? find(node, id) : node.id === id ? node : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function placeOf(query: Query, id: string): Place {
  const search = (group: Query): Place | undefined => {
    for (const [index, node] of group.rules.entries()) {
      if (node.id === id) return [group, index];
      const found = isGroup(node) ? search(node) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const place = search(query);
  if (place === undefined) throw new Error(`no node ${id} below the outermost group`);
  return place;
}

function inParent(query: Query, parent: Query, rules: Node[]): Query {
  return changed(query, parent.id, (group) => ({ ...group, rules }));
}

function changed(query: Query, id: string, change: (group: Query) => Query): Query {
  if (query.id === id) return change(query);
  return { ...query, rules: query.rules.map((node) => (isGroup(node) ? changed(node, id, change) : node)) };
}

function copyOf(node: Node): Node {
  if (!isGroup(node)) return { ...node, id: groupOf("all", []).id };
  return { ...node, id: groupOf("all", []).id, rules: node.rules.map(copyOf) };
}
