import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { Page } from "../parts/page.tsx";
import { Rooms } from "../parts/rooms.tsx";
import { useSession } from "../shell/session.ts";
import { CatalogueScreen } from "./catalogue.tsx";
import { ImportsScreen } from "./imports.tsx";
import { ListsScreen } from "./lists.tsx";
import { PlanScreen } from "./plan.tsx";
import { QualityScreen } from "./quality.tsx";
import { SourcesScreen } from "./sources.tsx";
import { useDataWords } from "./words.ts";

const SCREENS = [
  ["sources", SourcesScreen, "kpis:read"],
  ["catalogue", CatalogueScreen, "kpis:read"],
  ["quality", QualityScreen, "profiles:read"],
  ["plan", PlanScreen, "kpis:read"],
  ["imports", ImportsScreen, "collect"],
  ["lists", ListsScreen, "kpis:read"],
] as const;

/** Where does data come from, what is in it, and what is wrong with it? */
export default function DataRoom(): ReactNode {
  const say = useDataWords();
  const { scopes } = useSession();
  const [path] = useLocation();
  const screens = SCREENS.filter(([, , scope]) => scopes.some((one) => one === scope));
  const [here, Screen] = screens.find(([name]) => name === path.split("/")[2]) ?? SCREENS[0];
  return (
    <Page title={say("title")} lead={say("lead")}>
      <Rooms base="/data" here={here} tabs={screens.map(([name]) => ({ path: name, name: say(name) }))} />
      <Screen />
    </Page>
  );
}
