import { Checkbox, Tooltip, VisuallyHidden } from "@mantine/core";
import { useId, type ReactNode } from "react";
import { useRuleWords } from "./words.ts";

/** Lets in who has no value to compare, and says why that is a question. */
export function OrUnknown({
  checked,
  onChange,
  why,
}: {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly why: string;
}): ReactNode {
  const say = useRuleWords();
  const id = useId();
  return (
    <div style={{ minHeight: "2.25rem", display: "flex", alignItems: "center" }}>
      <Tooltip label={why} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
        <div>
          <Checkbox
            label={say("orUnknown")}
            aria-describedby={id}
            checked={checked}
            onChange={({ currentTarget }) => onChange(currentTarget.checked)}
          />
        </div>
      </Tooltip>
      <VisuallyHidden id={id}>{why}</VisuallyHidden>
    </div>
  );
}
