import { Button, NumberInput, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { ReactNode } from "react";
import { call, refresh } from "../api/client.ts";
import type { Source, SourceBody } from "../api/types.ts";
import { keyOf, isKey } from "../parts/key.ts";
import { done, failed } from "../parts/notices.tsx";
import { usePartWords } from "../parts/words.ts";
import { useDataWords } from "./words.ts";

const KINDS = ["browser", "app", "server"] as const;
const CHANNELS = ["web", "app", "store", "email", "crm", "partner"] as const;
const PARTIES = ["first", "second", "third"] as const;

/** What a source is. @param source undefined for a new one */
export function SourceForm({
  source,
  onSaved,
}: {
  readonly source: Source | undefined;
  readonly onSaved: (key: string) => void;
}): ReactNode {
  const say = useDataWords();
  const part = usePartWords();
  const form = useForm({
    initialValues: {
      key: source?.key ?? "",
      name: source?.name ?? "",
      kind: source?.kind ?? "browser",
      channel: source?.channel ?? "web",
      party: source?.party ?? "first",
      origins: (source?.origins ?? []).join("\n"),
      identify: source?.identify ?? "open",
      consent: source?.consent ?? "required",
      priority: source?.priority ?? 1,
    },
    validate: { key: (key) => (isKey(key) ? null : say("keyHint")) },
  });
  const save = async ({ key, origins, ...said }: typeof form.values): Promise<void> => {
    const body: SourceBody = { ...said, origins: origins.split(/\s+/).filter(Boolean) };
    try {
      await call.PUT("/api/sources/{key}", { params: { path: { key } }, body });
      await refresh();
      done(part("saved"));
      onSaved(key);
    } catch (error) {
      failed(error);
    }
  };
  const select = (
    name: "kind" | "channel" | "party" | "identify" | "consent",
    options: readonly (readonly [string, string])[],
  ) => (
    <Select
      label={say(name)}
      allowDeselect={false}
      data={options.map(([value, label]) => ({ value, label }))}
      {...form.getInputProps(name)}
    />
  );
  return (
    <form
      onSubmit={form.onSubmit((values) => void save(values))}
      aria-label={say(source === undefined ? "newSource" : "editSource")}
    >
      <Stack gap="sm">
        <TextInput
          label={say("name")}
          required
          {...form.getInputProps("name")}
          onBlur={() => {
            if (source === undefined && form.values.key === "") form.setFieldValue("key", keyOf(form.values.name));
          }}
        />
        <TextInput
          label={say("key")}
          description={say("keyHint")}
          required
          disabled={source !== undefined}
          {...form.getInputProps("key")}
        />
        {select(
          "kind",
          KINDS.map((one) => [one, say(`kind_${one}`)] as const),
        )}
        {select(
          "channel",
          CHANNELS.map((one) => [one, one] as const),
        )}
        {select(
          "party",
          PARTIES.map((one) => [one, say(`party_${one}`)] as const),
        )}
        <Textarea
          label={say("origins")}
          description={say("originsHint")}
          autosize
          minRows={2}
          {...form.getInputProps("origins")}
        />
        {select(
          "identify",
          (["open", "signed"] as const).map((one) => [one, say(`identify_${one}`)] as const),
        )}
        {select(
          "consent",
          (["required", "assumed"] as const).map((one) => [one, say(`consent_${one}`)] as const),
        )}
        <NumberInput label={say("priority")} min={1} max={1000} allowDecimal={false} {...form.getInputProps("priority")} />
        <Button type="submit" w="fit-content">
          {say("save")}
        </Button>
      </Stack>
    </form>
  );
}
