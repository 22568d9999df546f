import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Group,
  NavLink,
  Select,
  Stack,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  CircleUser,
  Database,
  House,
  LogOut,
  Megaphone,
  Moon,
  Rocket,
  Settings,
  Sun,
  Users,
  type LucideIcon,
} from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { call } from "../api/client.ts";
import { LANGUAGES, speak, useLanguage, type Language } from "../i18n/words.ts";
import { useDraftCount } from "./drafts.ts";
import { useSession } from "./session.ts";
import { signOut } from "./sign-in.ts";
import { useShellWords } from "./words.ts";

const SCREENS = [
  ["/", "home", House, "kpis:read"],
  ["/audiences", "audiences", Users, "kpis:read"],
  ["/publish", "publish", Rocket, "kpis:read"],
  ["/campaigns", "campaigns", Megaphone, "kpis:read"],
  ["/people", "people", CircleUser, "profiles:read"],
  ["/data", "data", Database, "kpis:read"],
  ["/settings", "settings", Settings, "kpis:read"],
] as const satisfies readonly (readonly [string, string, LucideIcon, string])[];

/** What stands around every screen. */
export function Frame({ children }: { readonly children: ReactNode }): ReactNode {
  const say = useShellWords();
  const { scopes, workspace, demo } = useSession();
  const [isOpen, { toggle, close }] = useDisclosure();
  const [place] = useLocation();
  const main = useRef<HTMLElement>(null);
  const last = useRef(place);
  useEffect(() => {
    if (last.current === place) return;
    last.current = place;
    // Who follows a link by keyboard goes on at the new screen.
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    close();
  }, [place, close]);
  const drafts = useDraftCount();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a className="skip" href="#content">
        {say("toContent")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={say(isOpen ? "closeMenu" : "openMenu")}
              aria-expanded={isOpen}
            />
            <Text fw={700} component={Link} href="/" c="inherit" td="none">
              Tideline
            </Text>
            <Text c="dimmed" size="sm" className="clip" maw={{ base: 140, sm: 400 }}>
              {workspace.name}
            </Text>
            {demo ? <Badge variant="default">{say("demo")}</Badge> : null}
          </Group>
          <Group gap="xs" wrap="nowrap">
            <LanguageChoice />
            <SchemeSwitch />
            <ActionIcon variant="subtle" color="gray" aria-label={say("signOut")} onClick={() => void signOut()}>
              <LogOut size={18} aria-hidden />
            </ActionIcon>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={say("menu")}>
        <Stack gap={2}>
          {SCREENS.filter(([, , , scope]) => scopes.includes(scope)).map(([path, name, Icon]) => {
            const isHere = path === "/" ? place === "/" : place === path || place.startsWith(`${path}/`);
            return (
              <NavLink
                key={path}
                component={Link}
                href={path}
                label={say(name)}
                active={isHere}
                aria-current={isHere ? "page" : undefined}
                leftSection={<Icon size={18} aria-hidden />}
                rightSection={
                  name === "publish" && drafts > 0 ? (
                    <Badge size="sm" circle={drafts < 10} aria-label={say("drafts", { count: drafts })}>
                      {drafts}
                    </Badge>
                  ) : undefined
                }
              />
            );
          })}
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main id="content" ref={main} tabIndex={-1} style={{ outline: "none" }}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function LanguageChoice(): ReactNode {
  const say = useShellWords();
  const language = useLanguage();
  const choose = (chosen: Language): void => {
    speak(chosen);
    // Kept with the member where it can be: the next browser speaks it, too.
    void call.PUT("/api/session", { body: { language: chosen } }).catch(() => undefined);
  };
  return (
    <Select
      size="xs"
      w={100}
      aria-label={say("language")}
      value={language}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      allowDeselect={false}
      comboboxProps={{ withinPortal: true }}
      onChange={(chosen) => {
        if (chosen === "en" || chosen === "fr") choose(chosen);
      }}
    />
  );
}

function SchemeSwitch(): ReactNode {
  const say = useShellWords();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={say(other)} onClick={() => setColorScheme(other)}>
      {other === "dark" ? <Moon size={18} aria-hidden /> : <Sun size={18} aria-hidden />}
    </ActionIcon>
  );
}
