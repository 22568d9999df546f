import type { ReactNode } from "react";
import classes from "./tiles.module.css";

/** Figures beside one another, as many as there is room for. By a stylesheet: the library's own grid makes style elements. */
export function Tiles({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className={classes["tiles"]}>{children}</div>;
}
