import { VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { usePartWords } from "./words.ts";
import classes from "./data-table.module.css";

export interface Row {
  readonly key: string;
  readonly cells: readonly ReactNode[];
}

/** A table that becomes a list of cards where there is no room for its columns. */
export function DataTable({
  label,
  head,
  rows,
  numeric = [],
}: {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly Row[];
  /** Columns of numbers. */
  readonly numeric?: readonly number[];
}): ReactNode {
  const say = usePartWords();
  // Roles are said: a table that is shown as blocks would lose them.
  return (
    <div className={classes["around"]}>
      <table className={classes["table"]} role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {head.map((name, place) => (
              <th key={name} role="columnheader" scope="col" data-numeric={numeric.includes(place) || undefined}>
                {name === "" ? <VisuallyHidden>{say("actions")}</VisuallyHidden> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ key, cells }) => (
            <tr key={key} role="row">
              {cells.map((cell, place) => (
                <td
                  key={head[place] ?? place}
                  role="cell"
                  data-label={head[place]}
                  data-numeric={numeric.includes(place) || undefined}
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
