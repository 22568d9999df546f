import type { ReactNode } from "react";
import { Page } from "../parts/page.tsx";

export default function Room(): ReactNode {
  return <Page title="…">{null}</Page>;
}
