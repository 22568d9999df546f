import { Button, Card, Center, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { queries } from "../api/client.ts";
import { signIn } from "./sign-in.ts";
import { useShellWords } from "./words.ts";

/** For nobody yet: says where a link comes from, and takes one. */
export function Login(): ReactNode {
  const say = useShellWords();
  const [link, setLink] = useState("");
  const [isRefused, setRefused] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await signIn(link);
      await queries.resetQueries();
    } catch {
      setRefused(true);
    }
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Card withBorder padding="xl" maw={440}>
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <Title order={1} size="h3">
              Tideline
            </Title>
            <Text>{say("signInText")}</Text>
            <TextInput
              label={say("linkLabel")}
              value={link}
              onChange={(event) => setLink(event.currentTarget.value)}
              error={isRefused ? say("linkUsed") : undefined}
              autoComplete="off"
              required
              data-autofocus
            />
            <Button type="submit">{say("signIn")}</Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
