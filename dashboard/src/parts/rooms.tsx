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
    <Tabs value={here} onChange={(path) => go(`${base}/${path ?? ""}`)}>
      <Tabs.List>
        {tabs.map(({ path, name }) => (
          <Tabs.Tab key={path} value={path}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
