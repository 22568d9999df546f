import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { Page } from "../parts/page.tsx";
import { Rooms } from "../parts/rooms.tsx";
import { useMay } from "../shell/session.ts";
import { AuditScreen } from "./audit.tsx";
import { KeysScreen } from "./keys.tsx";
import { TeamScreen } from "./team.tsx";
import { useSettingsWords } from "./words.ts";
import { WorkspaceScreen } from "./workspace.tsx";

const SCREENS = [
  ["workspace", WorkspaceScreen],
  ["team", TeamScreen],
  ["keys", KeysScreen],
  ["audit", AuditScreen],
] as const;

/** How does this workspace count, who may do what, and who did what? */
export default function SettingsRoom(): ReactNode {
  const say = useSettingsWords();
  const isAdmin = useMay("admin");
  const [path] = useLocation();
  const screens = isAdmin ? SCREENS : SCREENS.slice(0, 1);
  const [here, Screen] = screens.find(([name]) => name === path.split("/")[2]) ?? SCREENS[0];
  return (
    <Page title={say("title")}>
      <Rooms base="/settings" here={here} tabs={screens.map(([name]) => ({ path: name, name: say(name) }))} />
      {isAdmin ? null : <Text c="dimmed">{say("adminOnly")}</Text>}
      <Screen />
    </Page>
  );
}
