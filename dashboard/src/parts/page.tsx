import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { ChevronLeft } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { Link } from "wouter";

/** A screen: its name, what can be done on it, and what it shows. */
export function Page({
  title,
  lead,
  actions,
  back,
  children,
}: {
  readonly title: string;
  /** The question that it answers. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly back?: { readonly to: string; readonly text: string };
  readonly children: ReactNode;
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tideline`;
  }, [title]);
  return (
    <Stack gap="lg" maw={1200} mx="auto">
      <Stack gap={4}>
        {back === undefined ? null : (
          <Anchor component={Link} href={back.to} size="sm" w="fit-content">
            <Group gap={2}>
              <ChevronLeft size={14} aria-hidden />
              {back.text}
            </Group>
          </Anchor>
        )}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Title order={1} size="h2" ref={heading} className="wrap">
            {title}
          </Title>
          {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
        </Group>
        {lead === undefined ? null : (
          <Text c="dimmed" component="div">
            {lead}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}
