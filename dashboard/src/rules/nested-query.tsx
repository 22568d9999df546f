import { createContext, use, type ComponentType, type ReactNode } from "react";
import type { Json } from "../../../core/model/json.ts";
import type { Grammar } from "./model.ts";

export interface QueryEditorProps {
  readonly grammar: Grammar;
  /** What the outermost group is called. */
  readonly label: string;
  readonly value: Json;
  readonly onChange: (value: Json) => void;
  readonly pointer: string;
}

/** The editor of queries, told to what it is made of: filters stand inside of conditions. */
export const EditorContext = createContext<ComponentType<QueryEditorProps>>(() => null);

export function NestedQuery(props: QueryEditorProps): ReactNode {
  const Editor = use(EditorContext);
  return <Editor {...props} />;
}
