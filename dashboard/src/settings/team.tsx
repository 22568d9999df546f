import { Button, Group, Modal, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { api, call, refresh } from "../api/client.ts";
import type { Member } from "../api/types.ts";
import { LANGUAGES } from "../i18n/words.ts";
import { Confirm } from "../parts/confirm.tsx";
import { CopyText } from "../parts/copy-text.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { isKey, keyOf } from "../parts/key.ts";
import { done, failed } from "../parts/notices.tsx";
import { Loaded } from "../parts/states.tsx";
import { usePartWords } from "../parts/words.ts";
import { useSettingsWords } from "./words.ts";

const ROLES = ["admin", "editor", "viewer"] as const;

/** Who may sign in, and as what. */
export function TeamScreen(): ReactNode {
  const say = useSettingsWords();
  const part = usePartWords();
  const team = api.useQuery("get", "/api/team", {});
  const [link, setLink] = useState<{ readonly name: string; readonly url: string } | undefined>();
  const makeLink = async ({ id, name }: Member): Promise<void> => {
    try {
      const { data } = await call.POST("/api/team/{id}/link", { params: { path: { id } }, body: {} });
      if (data !== undefined) setLink({ name, url: `${window.location.origin}/dashboard/#link=${data.link}` });
    } catch (error) {
      failed(error);
    }
  };
  const change = async ({ id, name, email, language = "en" }: Member, role: Member["role"]): Promise<void> => {
    try {
      await call.PUT("/api/team/{id}", { params: { path: { id } }, body: { name, email, language, role } });
      await refresh();
      done(say("saved"));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Stack>
      <Text c="dimmed">{say("roleHint")}</Text>
      <Loaded query={team}>
        {({ members }) => (
          <DataTable
            label={say("team")}
            head={[say("name"), say("email"), say("role"), ""]}
            rows={members.map((member) => ({
              key: member.id,
              cells: [
                member.name,
                member.email,
                <Select
                  key="role"
                  aria-label={`${say("role")}: ${member.name}`}
                  size="xs"
                  w={150}
                  value={member.role}
                  allowDeselect={false}
                  data={ROLES.map((one) => ({ value: one, label: say(`role_${one}`) }))}
                  onChange={(chosen) => {
                    const role = ROLES.find((one) => one === chosen);
                    if (role !== undefined && role !== member.role) void change(member, role);
                  }}
                />,
                <Group key="acts" gap={4} justify="flex-end">
                  <Button size="compact-sm" variant="default" onClick={() => void makeLink(member)}>
                    {say("link")}
                  </Button>
                  <Confirm
                    size="compact-sm"
                    variant="default"
                    text={say("remove")}
                    question={say("removeQuestion", { name: member.name })}
                    act={say("remove")}
                    onAct={async () => {
                      await call.DELETE("/api/team/{id}", { params: { path: { id: member.id } } });
                      await refresh();
                      done(say("removed"));
                    }}
                  >
                    <Text>{say("removeText")}</Text>
                  </Confirm>
                </Group>,
              ],
            }))}
          />
        )}
      </Loaded>
      <Invite />
      <Modal
        opened={link !== undefined}
        onClose={() => setLink(undefined)}
        title={say("linkTitle", { name: link?.name ?? "" })}
        closeButtonProps={{ "aria-label": part("close") }}
      >
        <Stack>
          <Text>{say("linkText")}</Text>
          <CopyText text={link?.url ?? ""} block />
        </Stack>
      </Modal>
    </Stack>
  );
}

function Invite(): ReactNode {
  const say = useSettingsWords();
  const form = useForm({
    initialValues: { name: "", email: "", role: "editor", language: "en" },
    validate: { name: (name) => (isKey(keyOf(name)) ? null : say("name")) },
  });
  const add = async ({ name, email, role, language }: typeof form.values): Promise<void> => {
    const as = ROLES.find((one) => one === role) ?? "viewer";
    try {
      const id = `${keyOf(name).slice(0, 40)}-${crypto.randomUUID().slice(0, 6)}`;
      await call.PUT("/api/team/{id}", {
        params: { path: { id } },
        body: { name, email, role: as, language: language === "fr" ? "fr" : "en" },
      });
      await refresh();
      form.reset();
      done(say("saved"));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <form onSubmit={form.onSubmit((values) => void add(values))} aria-label={say("invite")}>
      <Title order={2} size="h4" mb="xs">
        {say("invite")}
      </Title>
      <Group align="flex-end">
        <TextInput label={say("name")} required {...form.getInputProps("name")} w={{ base: "100%", sm: 200 }} />
        <TextInput label={say("email")} type="email" required {...form.getInputProps("email")} w={{ base: "100%", sm: 240 }} />
        <Select
          label={say("role")}
          allowDeselect={false}
          data={ROLES.map((one) => ({ value: one, label: say(`role_${one}`) }))}
          {...form.getInputProps("role")}
        />
        <Select
          label={say("language")}
          allowDeselect={false}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps("language")}
        />
        <Button type="submit">{say("invite")}</Button>
      </Group>
    </form>
  );
}
