import { Anchor, Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { Link, Redirect, Route, Switch } from "wouter";
import { ApiError } from "../api/client.ts";
import { speak } from "../i18n/words.ts";
import { Page } from "../parts/page.tsx";
import { Failed } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import { Login } from "./login.tsx";
import { SessionContext } from "./session.ts";
import { openSession } from "./sign-in.ts";
import { useShellWords } from "./words.ts";

/** Each room is loaded when it is entered. */
const ROOMS = [
  ["/", lazy(() => import("../home/home.tsx"))],
  ["/audiences/*?", lazy(() => import("../audiences/room.tsx"))],
  ["/publish/*?", lazy(() => import("../publish/room.tsx"))],
  ["/campaigns/*?", lazy(() => import("../campaigns/room.tsx"))],
  ["/people/*?", lazy(() => import("../people/room.tsx"))],
  ["/data/*?", lazy(() => import("../data/room.tsx"))],
  ["/settings/*?", lazy(() => import("../settings/room.tsx"))],
] as const;

/** Signs in by the link that it was opened with, else asks for one; then the frame, and in it the room of the path. */
export function App(): ReactNode {
  const session = useQuery({ queryKey: ["session"], queryFn: openSession, staleTime: 60_000 });
  const language = session.data?.member.language;
  useEffect(() => {
    if (language !== undefined) speak(language);
  }, [language]);
  if (session.isError) {
    const isNobody = session.error instanceof ApiError && session.error.status === 401;
    if (isNobody) return <Login />;
    return (
      <Center component="main" p="md">
        <Failed error={session.error} retry={() => void session.refetch()} />
      </Center>
    );
  }
  if (session.data === undefined) return <Waiting />;
  return (
    <SessionContext value={session.data}>
      <Frame>
        <Suspense fallback={<Waiting />}>
          <Switch>
            {ROOMS.map(([path, Room]) => (
              <Route key={path} path={path}>
                <Room />
              </Route>
            ))}
            <Route path="/home">
              <Redirect to="/" />
            </Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </Frame>
    </SessionContext>
  );
}

function NotFound(): ReactNode {
  const say = useShellWords();
  return (
    <Page title={say("notFound")}>
      <Anchor component={Link} href="/" w="fit-content">
        {say("toHome")}
      </Anchor>
    </Page>
  );
}

function Waiting(): ReactNode {
  return (
    <Center py={120}>
      <Loader type="dots" />
    </Center>
  );
}
