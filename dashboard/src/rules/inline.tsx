import { Button, Checkbox, Text } from "@mantine/core";
import type { CSSProperties, ReactNode } from "react";

/** What stands between fields of a row, at their height. */
const HEIGHT = "2.25rem";

/** A word of the sentence. */
export function Word({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Text size="sm" lh={HEIGHT}>
      {children}
    </Text>
  );
}

export function Tick({
  label,
  name,
  checked,
  onChange,
}: {
  readonly label: string;
  /** What it is called where the label does not say enough by itself. */
  readonly name?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}): ReactNode {
  return (
    <div style={{ minHeight: HEIGHT, display: "flex", alignItems: "center" }}>
      <Checkbox
        label={label}
        {...(name !== undefined && { "aria-label": `${label}: ${name}` })}
        checked={checked}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    </div>
  );
}

/** A small act within a row. @param name what it is called where its text does not say enough by itself */
export function Act({
  text,
  name,
  icon,
  onClick,
}: {
  readonly text: string;
  readonly name?: string;
  readonly icon?: ReactNode;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <div style={{ minHeight: HEIGHT, display: "flex", alignItems: "center" }}>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={icon}
        {...(name !== undefined && { "aria-label": `${text}: ${name}` })}
        onClick={onClick}
      >
        {text}
      </Button>
    </div>
  );
}

/** How wide the buttons are that stand beside a row. */
const ACTIONS_WIDTH = "4.75rem";
const REACH = "--row-actions";

/** Tells what is within a row how far it may reach below its buttons. */
export function reach(isFar: boolean): CSSProperties {
  return { [REACH]: isFar ? ACTIONS_WIDTH : "0px" } as CSSProperties;
}

/** What fills a row of its own, below the buttons too. */
export function Below({ children, style }: { readonly children: ReactNode; readonly style?: CSSProperties }): ReactNode {
  return (
    <div style={{ flex: "1 1 100%", minWidth: 0, marginInlineEnd: `calc(-1 * var(${REACH}, 0px))`, ...style }}>
      <div style={reach(false)}>{children}</div>
    </div>
  );
}
