import { Code, List, Stack, Text, Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { jsonEquals, type Json } from "../../../core/model/json.ts";
import { useFaultText, type PlacedFault } from "./fault-board.tsx";
import { useRuleWords } from "./words.ts";

/** The rule as JSON, for those who want it: taken over as soon as it can be read. */
export function JsonView({
  value,
  onChange,
  faults,
  readOnly,
}: {
  readonly value: Json;
  readonly onChange: (value: Json) => void;
  readonly faults: readonly PlacedFault[];
  readonly readOnly: boolean;
}): ReactNode {
  const say = useRuleWords();
  const faultText = useFaultText();
  const [typed, setTyped] = useState(() => ({ text: textOf(value), value }));
  const [broken, setBroken] = useState<string>();
  // Changed from elsewhere, it is written anew.
  if (!jsonEquals(typed.value, value)) setTyped({ text: textOf(value), value });
  return (
    <Stack gap="xs">
      <Textarea
        label={say("json")}
        description={say("jsonHint")}
        error={broken === undefined ? undefined : say("jsonBroken", { why: broken })}
        autosize
        minRows={8}
        maxRows={30}
        spellCheck={false}
        readOnly={readOnly}
        value={typed.text}
        onChange={({ currentTarget }) => {
          const text = currentTarget.value;
          try {
            const next = JSON.parse(text) as Json;
            setBroken(undefined);
            setTyped({ text, value: next });
            onChange(next);
          } catch (error) {
            setBroken(error instanceof Error ? error.message : String(error));
            setTyped((now) => ({ ...now, text }));
          }
        }}
        styles={{ input: { fontFamily: "monospace", fontSize: "var(--mantine-font-size-sm)" } }}
      />
      {faults.length === 0 ? null : (
        <List size="sm" listStyleType="none">
          {faults.map((fault, index) => (
            <List.Item key={index}>
              <Code>{fault.pointer === "" ? "/" : fault.pointer}</Code>{" "}
              <Text span size="sm" c="var(--mantine-color-error)">
                {faultText(fault)}
              </Text>
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

function textOf(value: Json): string {
  return JSON.stringify(value, undefined, 2);
}
