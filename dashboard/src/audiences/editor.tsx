import { Alert, Button, Group, Select, SimpleGrid, Stack, TagsInput, Textarea, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import type { Json } from "../../../core/model/json.ts";
import { api, ApiError, call, refresh, type Fault } from "../api/client.ts";
import type { Audience, AudienceBody } from "../api/types.ts";
import { keyOf, isKey } from "../parts/key.ts";
import { done, failed } from "../parts/notices.tsx";
import { Page } from "../parts/page.tsx";
import { Loaded } from "../parts/states.tsx";
import { useUrlState } from "../parts/url-state.ts";
import { RulePreview } from "../rules/preview.tsx";
import { RuleBuilder } from "../rules/rule-builder.tsx";
import { TemplatePicker } from "../rules/template-picker.tsx";
import { useMay } from "../shell/session.ts";
import { useAudienceWords } from "./words.ts";

/** A new audience: empty, or a copy of another. */
export function NewAudience(): ReactNode {
  const say = useAudienceWords();
  const [from] = useUrlState("from");
  const copied = api.useQuery("get", "/api/audiences/{key}", { params: { path: { key: from } } }, { enabled: from !== "" });
  return (
    <Page title={say("new")} back={{ to: "/audiences", text: say("title") }}>
      {from === "" ? (
        <AudienceEditor isNew />
      ) : (
        <Loaded query={copied}>
          {(held) => <AudienceEditor isNew audience={{ ...held, key: "", code: "", name: say("copyOf", { name: held.name }) }} />}
        </Loaded>
      )}
    </Page>
  );
}

/** Writes an audience: its rule, with what it selects beside it, and what else is said of it. Saved is a draft. */
export function AudienceEditor({ audience, isNew }: { readonly audience?: Audience; readonly isNew: boolean }): ReactNode {
  const say = useAudienceWords();
  const [, go] = useLocation();
  const mayWrite = useMay("rules:write");
  const [rule, setRule] = useState<Json>((audience?.rule as Json | undefined) ?? {});
  const [faults, setFaults] = useState<readonly (Fault & { readonly pointer: string })[]>([]);
  const form = useForm({
    initialValues: {
      name: audience?.name ?? "",
      key: audience?.key ?? "",
      description: audience?.description ?? "",
      code: audience?.code ?? "",
      visibility: audience?.visibility ?? "server",
      purpose: audience?.purpose ?? "ads",
      tags: audience?.tags ?? [],
    },
    validate: { key: (key) => (isKey(key) ? null : say("keyHint")) },
  });
  const isEmpty = typeof rule === "object" && rule !== null && Object.keys(rule).length === 0;
  const save = async ({ key, code, ...said }: typeof form.values): Promise<void> => {
    const body: AudienceBody = {
      ...said,
      taxonomy: audience?.taxonomy ?? [],
      rule: rule as AudienceBody["rule"],
      ...(code === "" ? {} : { code }),
    };
    try {
      await call.PUT("/api/audiences/{key}", {
        params: { path: { key }, ...(isNew ? { header: { "If-None-Match": "*" } } : {}) },
        body,
      });
      await refresh();
      done(say("saved"), { text: say("toPublish"), run: async () => go("/publish") });
      if (isNew) go(`/audiences/${key}`);
    } catch (error) {
      if (error instanceof ApiError) setFaults(error.faults.map((fault) => ({ ...fault, pointer: fault.pointer ?? "" })));
      failed(error);
    }
  };
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))} aria-label={say(isNew ? "new" : "edit")}>
      <Stack>
        {mayWrite ? null : <Alert variant="light">{say("readOnly")}</Alert>}
        <SimpleGrid cols={1} spacing="sm" maw={640}>
          <TextInput
            label={say("name")}
            required
            readOnly={!mayWrite}
            {...form.getInputProps("name")}
            onBlur={() => {
              if (isNew && form.values.key === "") form.setFieldValue("key", keyOf(form.values.name));
            }}
          />
          {isNew ? <TextInput label={say("key")} description={say("keyHint")} required {...form.getInputProps("key")} /> : null}
        </SimpleGrid>
        {isNew && isEmpty && mayWrite ? (
          <TemplatePicker
            onPick={(template) => {
              setRule(template.rule);
              if (form.values.name === "") form.setFieldValue("name", template.name.en);
              if (form.values.key === "") form.setFieldValue("key", template.key);
            }}
          />
        ) : null}
        <Title order={2} size="h4">
          {say("rule")}
        </Title>
        <Group align="flex-start" gap="lg">
          <Stack flex="1 1 480px" miw={0}>
            <RuleBuilder
              value={rule}
              faults={faults}
              readOnly={!mayWrite}
              onChange={(next) => {
                setRule(next);
                setFaults([]);
              }}
            />
          </Stack>
          <Stack flex="1 1 280px" maw={{ base: "100%", sm: 420 }}>
            {mayWrite ? <RulePreview rule={rule} /> : null}
          </Stack>
        </Group>
        <Stack maw={640} gap="sm">
          <Textarea label={say("description")} autosize minRows={2} readOnly={!mayWrite} {...form.getInputProps("description")} />
          <Select
            label={say("purpose")}
            description={say("purposeHint")}
            allowDeselect={false}
            readOnly={!mayWrite}
            data={(["ads", "content", "measurement"] as const).map((one) => ({ value: one, label: say(`purpose_${one}`) }))}
            {...form.getInputProps("purpose")}
          />
          <Select
            label={say("visibility")}
            allowDeselect={false}
            readOnly={!mayWrite}
            data={(["server", "public"] as const).map((one) => ({ value: one, label: say(`visibility_${one}`) }))}
            {...form.getInputProps("visibility")}
          />
          <TextInput label={say("code")} readOnly={!mayWrite} {...form.getInputProps("code")} />
          <TagsInput label={say("tags")} readOnly={!mayWrite} acceptValueOnBlur {...form.getInputProps("tags")} />
          {mayWrite ? (
            <Button type="submit" w="fit-content" disabled={isEmpty}>
              {say("save")}
            </Button>
          ) : null}
        </Stack>
      </Stack>
    </form>
  );
}

/** What `PUT` takes of an audience that was read. */
export function bodyOf(audience: Audience): AudienceBody {
  const { key: _, createdAt: __, updatedAt: ___, ...body } = audience;
  return body;
}
