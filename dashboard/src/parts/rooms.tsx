import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useLocation } from "wouter";

/** Screens of one room, side by side; which one is in the path. */
export function Rooms({
  base,
  tabs,
  here,
}: {
  /** Path of the room, as `/data`. */
  readonly base: string;
  readonly tabs: readonly { readonly path: string; readonly name: string }[];
  readonly here: string;
}): ReactNode {
  const [, go] = useLocation();
  return (
    <Tabs value={nameOf(here)} onChange={(name) => go(name === FIRST ? base : `${base}/${name ?? ""}`)}>
      <Tabs.List>
        {tabs.map(({ path, name }) => (
          <Tabs.Tab key={path} value={nameOf(path)}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}

/** The library takes no tab without a name. */
const FIRST = "/";

function nameOf(path: string): string {
  return path === "" ? FIRST : path;
}
