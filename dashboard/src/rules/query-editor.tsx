import { useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { QueryBuilderContext, QueryBuilderStateProvider, useQueryBuilder, type RuleGroupType } from "react-querybuilder";
import { jsonEquals } from "../../../core/model/json.ts";
import { GroupBox } from "./group-box.tsx";
import { deniedIn, pointersOf, toQuery, toRule, type Query } from "./model.ts";
import { EditorContext, type QueryEditorProps } from "./nested-query.tsx";
import { Row } from "./row.tsx";
import type { Place } from "./place.ts";

const CONTROLS = { ruleGroup: GroupBox, rule: Row };

/**
 * Edits a rule, or a filter, as groups of conditions. Its query is made anew only when another rule is given than the one it
 * told of last: so nothing jumps under the reader's hands.
 */
export function QueryEditor({ grammar, label, value, onChange, pointer }: QueryEditorProps): ReactNode {
  const [held, setHeld] = useState(() => ({ given: value, rule: value, query: toQuery(value, grammar) }));
  let { query } = held;
  if (held.given !== value) {
    if (!jsonEquals(held.given, value) && !jsonEquals(held.rule, value)) query = toQuery(value, grammar);
    setHeld({ given: value, rule: value, query });
  }
  const root = useRef<HTMLDivElement>(null);
  const focus = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (focus.current === undefined) return;
    focusIn(nodeOf(root.current, focus.current));
    focus.current = undefined;
  });
  // What had the focus may be gone with what was changed: it then goes to the condition that it stood in.
  const around = useRef<readonly string[]>([]);
  useLayoutEffect(() => {
    if (around.current.length === 0 || document.activeElement !== document.body) return;
    focusIn(around.current.map((id) => nodeOf(root.current, id)).find((node) => node !== null) ?? null);
  });
  const place = useMemo(
    (): Place => ({
      grammar,
      query,
      label,
      pointers: pointersOf(query, pointer),
      denied: deniedIn(query),
      focusOn(id) {
        focus.current = id;
      },
    }),
    [grammar, label, query, pointer],
  );
  const take = (changed: RuleGroupType): void => {
    const next = changed as unknown as Query;
    const rule = toRule(next);
    setHeld((now) => ({ ...now, rule, query: next }));
    onChange(rule);
  };
  return (
    <div
      ref={root}
      style={{ minWidth: 0 }}
      onFocus={({ target }) => {
        around.current = nodesAround(target);
      }}
      onBlur={({ relatedTarget }) => {
        if (relatedTarget !== null) around.current = [];
      }}
    >
      <EditorContext value={QueryEditor}>
        <QueryBuilderStateProvider>
          <Builder query={query} onQueryChange={take} place={place} />
        </QueryBuilderStateProvider>
      </EditorContext>
    </div>
  );
}

function nodeOf(root: Element | null, id: string): Element | null {
  return root?.querySelector(`[data-node="${id}"]`) ?? null;
}

function focusIn(node: Element | null): void {
  node?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
}

/** Ids of the conditions and groups that an element stands in, the nearest first. */
function nodesAround(element: Element): readonly string[] {
  const node = element.closest<HTMLElement>("[data-node]");
  const id = node?.dataset["node"];
  if (node === null || id === undefined) return [];
  return [id, ...(node.parentElement === null ? [] : nodesAround(node.parentElement))];
}

/** The library's own, but for what it draws round it: a landmark, of which there would be one for each filter. */
function Builder({
  query,
  onQueryChange,
  place,
}: {
  readonly query: Query;
  readonly onQueryChange: (query: RuleGroupType) => void;
  readonly place: Place;
}): ReactNode {
  const { schema, actions, translations, rootGroup, rqbContext } = useQueryBuilder({
    query: query as RuleGroupType,
    onQueryChange,
    enableMountQueryChange: false,
    resetOnFieldChange: false,
    suppressStandardClassnames: true,
    controlElements: CONTROLS,
    context: place,
  });
  return (
    <QueryBuilderContext value={rqbContext}>
      <GroupBox
        path={ROOT}
        ruleGroup={rootGroup}
        schema={schema}
        actions={actions}
        translations={translations}
        context={place}
        {...(rootGroup.id !== undefined && { id: rootGroup.id })}
      />
    </QueryBuilderContext>
  );
}

const ROOT: number[] = [];
