import { Anchor, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { AudienceUsers } from "../api/types.ts";

/** What names an audience. */
export function Users({ users }: { readonly users: AudienceUsers }): ReactNode {
  return (
    <Group gap="xs">
      {users.audiences.map((key) => (
        <Anchor key={key} component={Link} href={`/audiences/${key}`}>
          {key}
        </Anchor>
      ))}
      {users.campaigns.map((key) => (
        <Anchor key={key} component={Link} href={`/campaigns/${key}`}>
          {key}
        </Anchor>
      ))}
    </Group>
  );
}
