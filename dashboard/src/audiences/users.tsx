import { Anchor, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { AudienceLine } from "../api/types.ts";

/** What names an audience. */
export function Users({ users }: { readonly users: AudienceLine["usedBy"] }): ReactNode {
  return (
    <Group gap="xs">
      {users.map(({ kind, key }) => (
        <Anchor key={`${kind} ${key}`} component={Link} href={`/${kind}s/${key}`} size="sm">
          {key}
        </Anchor>
      ))}
    </Group>
  );
}
