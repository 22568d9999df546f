import type { ReactNode } from "react";
import { useNumbers } from "../i18n/numbers.ts";

/** An instant as far away as it is, and exactly where it is pointed at. @param zone of the workspace */
export function When({ at, zone }: { readonly at: string | number; readonly zone?: string }): ReactNode {
  const numbers = useNumbers(zone);
  return (
    <time dateTime={new Date(at).toISOString()} title={numbers.time(at)}>
      {numbers.ago(at)}
    </time>
  );
}
