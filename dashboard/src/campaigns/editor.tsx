import {
  Alert,
  Button,
  Checkbox,
  Group,
  List,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { Plus, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { api, ApiError, call, refresh, type Fault } from "../api/client.ts";
import type { Campaign } from "../api/types.ts";
import { useAllAudiences } from "../audiences/audiences.ts";
import { isKey, keyOf } from "../parts/key.ts";
import { done, failed } from "../parts/notices.tsx";
import { useMay, useSession } from "../shell/session.ts";
import { CreativeField } from "./creative.tsx";
import { bodyOf, DAYS, valuesOf, type CampaignValues } from "./values.ts";
import { useCampaignWords } from "./words.ts";

/** Writes a campaign. Saved is a draft. @param campaign undefined for a new one */
export function CampaignEditor({ campaign }: { readonly campaign?: Campaign }): ReactNode {
  const say = useCampaignWords();
  const [, go] = useLocation();
  const { workspace } = useSession();
  const mayWrite = useMay("rules:write");
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const audiences = useAllAudiences();
  const placements = api.useQuery("get", "/api/placements", { params: { query: { limit: 200 } } });
  const form = useForm<CampaignValues>({
    initialValues: valuesOf(campaign),
    validate: { key: (key) => (isKey(key) ? null : say("keyHint")) },
  });
  const options = (audiences.data ?? []).map(({ key, name }) => ({ value: key, label: name }));
  const save = async (values: CampaignValues): Promise<void> => {
    setFaults([]);
    try {
      await call.PUT("/api/campaigns/{key}", { params: { path: { key: values.key } }, body: bodyOf(values, campaign) });
      await refresh();
      done(say("saved"), { text: say("toPublish"), run: async () => go("/publish") });
      if (campaign === undefined) go(`/campaigns/${values.key}?tab=edit`);
    } catch (error) {
      if (error instanceof ApiError) setFaults(error.faults);
      failed(error);
    }
  };
  const wide = { readOnly: !mayWrite, w: { base: "100%", sm: 420 } };
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))} aria-label={say(campaign === undefined ? "new" : "edit")}>
      <Stack gap="sm">
        <TextInput
          label={say("name")}
          required
          {...wide}
          {...form.getInputProps("name")}
          onBlur={() => {
            if (campaign === undefined && form.values.key === "") form.setFieldValue("key", keyOf(form.values.name));
          }}
        />
        {campaign === undefined ? (
          <TextInput label={say("key")} description={say("keyHint")} required {...wide} {...form.getInputProps("key")} />
        ) : null}
        <Select
          label={say("placement")}
          required
          {...wide}
          data={(placements.data?.placements ?? []).map(({ key, name }) => ({ value: key, label: name }))}
          {...form.getInputProps("placement")}
        />
        {campaign?.rule === undefined ? (
          <Select
            label={say("audience")}
            placeholder={say("everyone")}
            clearable
            clearButtonProps={{ "aria-label": say("everyone") }}
            searchable
            {...wide}
            data={options}
            {...form.getInputProps("audience")}
          />
        ) : (
          <Alert variant="light">{say("ruleOwn")}</Alert>
        )}
        <TagsInput label={say("exclude")} {...wide} data={options.map(({ value }) => value)} {...form.getInputProps("exclude")} />
        <Title order={2} size="h4" mt="md">
          {say("creatives")}
        </Title>
        {form.values.creatives.map((creative, place) => (
          <CreativeField
            key={place}
            creative={creative}
            readOnly={!mayWrite}
            onChange={(next) => form.setFieldValue(`creatives.${place}`, next)}
            {...(form.values.creatives.length > 1 ? { onRemove: () => form.removeListItem("creatives", place) } : {})}
          />
        ))}
        {mayWrite ? (
          <Button
            variant="default"
            w="fit-content"
            leftSection={<Plus size={16} aria-hidden />}
            onClick={() =>
              form.insertListItem("creatives", {
                key: String.fromCodePoint(97 + form.values.creatives.length),
                weight: 1,
                as: "html",
                text: "",
                destination: "",
              })
            }
          >
            {say("addCreative")}
          </Button>
        ) : null}
        <Title order={2} size="h4" mt="md">
          {say("schedule")}
        </Title>
        <Text size="sm" c="dimmed">
          {say("scheduleHint")}
        </Text>
        <Group align="flex-end">
          <TextInput type="datetime-local" label={say("from")} readOnly={!mayWrite} {...form.getInputProps("from")} />
          <TextInput type="datetime-local" label={say("to")} readOnly={!mayWrite} {...form.getInputProps("to")} />
          <TextInput
            label={say("timeZone")}
            placeholder={workspace.timeZone}
            readOnly={!mayWrite}
            {...form.getInputProps("timeZone")}
          />
        </Group>
        <Checkbox.Group label={say("days")} {...form.getInputProps("days")}>
          <Group gap="sm" mt={4}>
            {DAYS.map((day) => (
              <Checkbox key={day} value={day} label={say(`day_${day}`)} disabled={!mayWrite} />
            ))}
          </Group>
        </Checkbox.Group>
        <Group align="flex-end">
          <TextInput label={say("hoursFrom")} placeholder="08:00" readOnly={!mayWrite} {...form.getInputProps("hoursFrom")} />
          <TextInput label={say("hoursTo")} placeholder="20:00" readOnly={!mayWrite} {...form.getInputProps("hoursTo")} />
        </Group>
        <Title order={2} size="h4" mt="md">
          {say("cap")}
        </Title>
        {form.values.cap.length === 0 ? <Text c="dimmed">{say("capNone")}</Text> : null}
        {form.values.cap.map((_, place) => (
          <Group key={place} align="flex-end" role="group" aria-label={say("cap")}>
            <NumberInput
              label={say("limit")}
              min={1}
              allowDecimal={false}
              w={100}
              readOnly={!mayWrite}
              {...form.getInputProps(`cap.${place}.limit`)}
            />
            <TextInput
              label={say("per")}
              description={say("perHint")}
              w={200}
              readOnly={!mayWrite}
              {...form.getInputProps(`cap.${place}.per`)}
            />
            <Select
              label={say("of")}
              allowDeselect={false}
              readOnly={!mayWrite}
              data={(["person", "household"] as const).map((one) => ({ value: one, label: say(`of_${one}`) }))}
              {...form.getInputProps(`cap.${place}.of`)}
            />
            {mayWrite ? (
              <Button variant="subtle" color="gray" aria-label={say("remove")} onClick={() => form.removeListItem("cap", place)}>
                <X size={16} aria-hidden />
              </Button>
            ) : null}
          </Group>
        ))}
        {mayWrite ? (
          <Button
            variant="default"
            w="fit-content"
            leftSection={<Plus size={16} aria-hidden />}
            onClick={() => form.insertListItem("cap", { limit: 3, per: "1d", of: "person" })}
          >
            {say("addCap")}
          </Button>
        ) : null}
        <Group align="flex-end" mt="md">
          <NumberInput
            label={say("priority")}
            allowDecimal={false}
            w={180}
            readOnly={!mayWrite}
            {...form.getInputProps("priority")}
          />
          <NumberInput
            label={say("holdout")}
            description={say("holdoutHint")}
            min={0}
            max={1}
            step={0.05}
            w={{ base: "100%", sm: 320 }}
            readOnly={!mayWrite}
            {...form.getInputProps("holdout")}
          />
        </Group>
        <Select
          label={say("allocation")}
          allowDeselect={false}
          {...wide}
          data={(["weighted", "thompson"] as const).map((one) => ({ value: one, label: say(`allocation_${one}`) }))}
          {...form.getInputProps("allocation")}
        />
        <Title order={2} size="h4" mt="md">
          {say("goal")}
        </Title>
        <Group align="flex-end">
          <TextInput
            label={say("goalEvent")}
            placeholder="Order Completed"
            readOnly={!mayWrite}
            {...form.getInputProps("goalEvent")}
          />
          <TextInput label={say("goalValue")} placeholder="value" readOnly={!mayWrite} {...form.getInputProps("goalValue")} />
          <TextInput label={say("goalWindow")} placeholder="7d" readOnly={!mayWrite} {...form.getInputProps("goalWindow")} />
        </Group>
        {faults.length === 0 ? null : (
          <Alert color="red" variant="light" title={say("fields")} role="alert">
            <List size="sm">
              {faults.map(({ pointer, code, message }) => (
                <List.Item key={`${pointer} ${code}`}>{`${pointer ?? ""} ${message}`}</List.Item>
              ))}
            </List>
          </Alert>
        )}
        {mayWrite ? (
          <Button type="submit" w="fit-content">
            {say("save")}
          </Button>
        ) : null}
      </Stack>
    </form>
  );
}
