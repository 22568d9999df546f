import { Alert, Button, Center, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { CircleAlert, Lock, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "../api/client.ts";
import { usePartWords } from "./words.ts";

/** What stands where something else is not, or not yet. */

/** Shows what a query brought; while it is under way bars of about its size, and why where it failed. */
export function Loaded<T>({
  query,
  rows = 4,
  children,
}: {
  readonly query: UseQueryResult<T, unknown>;
  /** How many bars. */
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}): ReactNode {
  const say = usePartWords();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return (
    <Stack gap="sm" role="status" aria-label={say("loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={row === 0 ? 28 : 20} width={row === 0 ? "40%" : "100%"} />
      ))}
    </Stack>
  );
}

export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }): ReactNode {
  const say = usePartWords();
  const status = error instanceof ApiError ? error.status : -1;
  if (status === 403) return <Empty icon={<Lock />} title={say("forbidden")} text={say("forbiddenWhy")} />;
  if (status === 404) return <Empty icon={<SearchX />} title={say("missing")} text={say("missingWhy")} />;
  return (
    <Alert color="red" variant="light" icon={<CircleAlert />} title={say("failed")} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{status === 0 || status >= 500 ? say("unreachable") : faultText(error)}</Text>
        {retry === undefined ? null : (
          <Button size="xs" variant="default" onClick={retry}>
            {say("retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** Says what to do next where there is nothing yet. */
export function Empty({
  icon,
  title,
  text,
  children,
}: {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <Center py="xl">
      <Stack align="center" gap="xs" maw={480} ta="center">
        {icon}
        <Title order={2} size="h4">
          {title}
        </Title>
        {text === undefined ? null : <Text c="dimmed">{text}</Text>}
        {children}
      </Stack>
    </Center>
  );
}

/** What a refusal says, in one text. */
export function faultText(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  const parts = [...new Set(error.faults.map(({ message }) => message))];
  return parts.length > 0 ? parts.join(" ") : error.detail || error.message;
}
