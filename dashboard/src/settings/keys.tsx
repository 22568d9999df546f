import { Badge, Button, Checkbox, Group, Modal, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { api, call, refresh } from "../api/client.ts";
import type { SecretKey } from "../api/types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { CopyText } from "../parts/copy-text.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { done, failed } from "../parts/notices.tsx";
import { Loaded } from "../parts/states.tsx";
import { When } from "../parts/when.tsx";
import { usePartWords } from "../parts/words.ts";
import { useSettingsWords } from "./words.ts";

const SCOPES = [
  "collect",
  "decide",
  "profiles:read",
  "profiles:write",
  "rules:write",
  "rules:publish",
  "kpis:read",
  "admin",
] as const satisfies SecretKey["scopes"];

/** Keys of servers: what each may do. A key is shown once. */
export function KeysScreen(): ReactNode {
  const say = useSettingsWords();
  const part = usePartWords();
  const keys = api.useQuery("get", "/api/keys", { params: { query: { limit: 200 } } });
  const [made, setMade] = useState<{ readonly name: string; readonly secret: string } | undefined>();
  const form = useForm({ initialValues: { name: "", scopes: ["decide"] as string[] } });
  const make = async ({ name, scopes }: typeof form.values): Promise<void> => {
    try {
      const { data } = await call.POST("/api/keys", { body: { name, scopes: SCOPES.filter((one) => scopes.includes(one)) } });
      if (data !== undefined) setMade({ name, secret: data.secret });
      form.reset();
      await refresh();
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Stack>
      <Loaded query={keys}>
        {({ keys: all }) => (
          <DataTable
            label={say("keys")}
            head={[say("name"), say("scopes"), say("created"), say("state"), ""]}
            rows={all.map(({ id, name, scopes, createdAt, revokedAt }) => ({
              key: id,
              cells: [
                name,
                <Group key="scopes" gap={4}>
                  {scopes.map((scope) => (
                    <Badge key={scope} variant="default" title={say(`scope_${scope}`)}>
                      {scope}
                    </Badge>
                  ))}
                </Group>,
                <When key="made" at={createdAt} />,
                say(revokedAt === null ? "works" : "revoked"),
                revokedAt === null ? (
                  <Confirm
                    key="revoke"
                    size="compact-sm"
                    variant="default"
                    text={say("revoke")}
                    question={say("revokeQuestion", { name })}
                    act={say("revoke")}
                    onAct={async () => {
                      await call.DELETE("/api/keys/{id}", { params: { path: { id } } });
                      await refresh();
                      done(say("revoked"));
                    }}
                  >
                    <Text>{say("revokeText")}</Text>
                  </Confirm>
                ) : (
                  ""
                ),
              ],
            }))}
          />
        )}
      </Loaded>
      <form onSubmit={form.onSubmit((values) => void make(values))} aria-label={say("newKey")}>
        <Stack gap="sm">
          <Title order={2} size="h4">
            {say("newKey")}
          </Title>
          <TextInput label={say("name")} required {...form.getInputProps("name")} w={{ base: "100%", sm: 280 }} />
          <Checkbox.Group label={say("scopes")} {...form.getInputProps("scopes")}>
            <Stack gap={6} mt={6}>
              {SCOPES.map((scope) => (
                <Checkbox key={scope} value={scope} label={`${scope} — ${say(`scope_${scope}`)}`} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Button type="submit" w="fit-content" disabled={form.values.scopes.length === 0}>
            {say("newKey")}
          </Button>
        </Stack>
      </form>
      <Modal
        opened={made !== undefined}
        onClose={() => setMade(undefined)}
        title={say("keyTitle", { name: made?.name ?? "" })}
        closeButtonProps={{ "aria-label": part("close") }}
      >
        <Stack>
          <Text>{say("keyText")}</Text>
          <CopyText text={made?.secret ?? ""} block />
        </Stack>
      </Modal>
    </Stack>
  );
}
