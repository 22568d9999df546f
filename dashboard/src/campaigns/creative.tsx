import { Button, Card, Group, JsonInput, NumberInput, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { isJson } from "./placements.tsx";
import type { CreativeValues } from "./values.ts";
import { useCampaignWords } from "./words.ts";

/** One creative, with how it will look. */
export function CreativeField({
  creative,
  readOnly,
  onChange,
  onRemove,
}: {
  readonly creative: CreativeValues;
  readonly readOnly: boolean;
  readonly onChange: (creative: CreativeValues) => void;
  readonly onRemove?: () => void;
}): ReactNode {
  const say = useCampaignWords();
  const { key, weight, as, text, destination } = creative;
  return (
    <Card withBorder component="section" aria-label={say("creative", { key })}>
      <Stack gap="sm">
        <Group align="flex-end">
          <TextInput
            label={say("creativeKey")}
            value={key}
            required
            readOnly={readOnly}
            w={140}
            onChange={(event) => onChange({ ...creative, key: event.currentTarget.value })}
          />
          <NumberInput
            label={say("weight")}
            value={weight}
            min={0}
            readOnly={readOnly}
            w={110}
            onChange={(value) => onChange({ ...creative, weight: Number(value) })}
          />
          <SegmentedControl
            aria-label={say("as")}
            value={as}
            readOnly={readOnly}
            data={(["html", "json"] as const).map((one) => ({ value: one, label: say(`as_${one}`) }))}
            onChange={(chosen) => onChange({ ...creative, as: chosen === "json" ? "json" : "html" })}
          />
          {onRemove === undefined || readOnly ? null : (
            <Button variant="subtle" color="gray" aria-label={`${say("remove")}: ${key}`} onClick={onRemove}>
              <X size={16} aria-hidden />
            </Button>
          )}
        </Group>
        <Group align="stretch" gap="md">
          <Stack flex="1 1 320px" gap="sm">
            {as === "html" ? (
              <Textarea
                label={say("html")}
                value={text}
                autosize
                minRows={4}
                readOnly={readOnly}
                styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
                onChange={(event) => onChange({ ...creative, text: event.currentTarget.value })}
              />
            ) : (
              <JsonInput
                label={say("json")}
                value={text}
                autosize
                minRows={4}
                readOnly={readOnly}
                error={isJson(text) ? undefined : say("notJson")}
                onChange={(next) => onChange({ ...creative, text: next })}
              />
            )}
            <TextInput
              label={say("destination")}
              placeholder="https://shop.example/sale"
              value={destination}
              readOnly={readOnly}
              onChange={(event) => onChange({ ...creative, destination: event.currentTarget.value })}
            />
          </Stack>
          {as === "html" ? (
            <Stack flex="1 1 280px" gap={4}>
              <Text size="sm" fw={500}>
                {say("preview")}
              </Text>
              <iframe
                title={`${say("preview")}: ${key}`}
                sandbox=""
                srcDoc={`<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light"><body>${text}`}
                style={{
                  width: "100%",
                  minHeight: 140,
                  flex: 1,
                  border: "1px solid var(--mantine-color-default-border)",
                  background: "#fff",
                }}
              />
              <Text size="xs" c="dimmed">
                {say("previewText")}
              </Text>
            </Stack>
          ) : null}
        </Group>
      </Stack>
    </Card>
  );
}
