import { Stack, Text, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { useLanguage } from "../i18n/words.ts";
import { TEMPLATES, type Template } from "./templates.ts";
import { useRuleWords } from "./words.ts";

/** Rules to begin with. @param isEmpty false where a rule stands that a template would replace */
export function TemplatePicker({
  onPick,
  isEmpty = true,
}: {
  readonly onPick: (template: Template) => void;
  readonly isEmpty?: boolean;
}): ReactNode {
  const say = useRuleWords();
  const language = useLanguage();
  return (
    <Stack gap="xs" role="group" aria-label={say("templates")}>
      <Text fw={600}>{say("templates")}</Text>
      {isEmpty ? null : (
        <Text size="sm" c="dimmed">
          {say("templateReplaces")}
        </Text>
      )}
      <div style={{ display: "grid", gap: "0.75rem", gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 16rem), 1fr))" }}>
        {TEMPLATES.map((template) => (
          <UnstyledButton
            key={template.key}
            onClick={() => onPick(template)}
            p="sm"
            style={{
              display: "flex",
              flexDirection: "column",
              border: "1px solid var(--mantine-color-default-border)",
              borderRadius: "var(--mantine-radius-md)",
            }}
          >
            <Text fw={550}>{template.name[language]}</Text>
            <Text size="sm" c="dimmed">
              {template.description[language]}
            </Text>
          </UnstyledButton>
        ))}
      </div>
    </Stack>
  );
}
