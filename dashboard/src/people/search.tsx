import { Alert, Button, Group, Select, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { useLocation } from "wouter";
import { ApiError, call } from "../api/client.ts";
import { faultText } from "../parts/states.tsx";
import { Page } from "../parts/page.tsx";
import { usePeopleWords } from "./words.ts";

const KINDS = ["userId", "email", "phone", "anonymousId", "external", "profile"] as const;
type Kind = (typeof KINDS)[number];

/** Finds a person. What is searched by goes into no URL: it may be an address. */
export function Search(): ReactNode {
  const say = usePeopleWords();
  const [, go] = useLocation();
  const [kind, setKind] = useState<Kind>("userId");
  const [type, setType] = useState("loyaltyCard");
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState("");
  const names = {
    userId: say("byUserId"),
    email: say("byEmail"),
    phone: say("byPhone"),
    anonymousId: say("byAnonymousId"),
    external: say("byExternal"),
    profile: say("byProfile"),
  };
  const find = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setProblem("");
    const text = value.trim();
    try {
      const { data } = await call.POST("/api/profiles/lookup", { body: identityOf(kind, type, text) });
      if (data !== undefined) go(`/people/${data.profileId}`);
    } catch (error) {
      setProblem(error instanceof ApiError && error.status === 404 ? say("notFound") : faultText(error));
    }
  };
  return (
    <Page title={say("title")} lead={say("lead")}>
      <form onSubmit={(event) => void find(event)}>
        <Group align="flex-end" gap="sm">
          <Select
            label={say("by")}
            value={kind}
            data={KINDS.map((one) => ({ value: one, label: names[one] }))}
            allowDeselect={false}
            w={{ base: "100%", sm: 260 }}
            onChange={(chosen) => setKind(KINDS.find((one) => one === chosen) ?? "userId")}
          />
          {kind === "external" ? (
            <TextInput
              label={say("type")}
              value={type}
              required
              onChange={(event) => setType(event.currentTarget.value)}
              w={{ base: "100%", sm: 160 }}
            />
          ) : null}
          <TextInput
            label={say("value")}
            value={value}
            required
            autoComplete="off"
            onChange={(event) => setValue(event.currentTarget.value)}
            w={{ base: "100%", sm: 320 }}
          />
          <Button type="submit">{say("find")}</Button>
        </Group>
      </form>
      {problem === "" ? null : (
        <Alert color="yellow" role="alert">
          {problem}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {say("privacy")}
      </Text>
    </Page>
  );
}

function identityOf(kind: Kind, type: string, value: string): object {
  switch (kind) {
    case "external":
      return { externalId: { type, id: value } };
    case "phone":
      return { externalId: { type: "phone", id: value } };
    case "profile":
      return { profileId: value };
    default:
      return { [kind]: value };
  }
}
