import { isJsonObject, ownProperty } from "../../core/model/json.ts";
import type { PublicPlacement } from "../decide/public.ts";

/** What of a placement is HTML: a creative's `html`, as a marketer wrote it. Other content never becomes any. @returns undefined where nothing is */
export function htmlOf({ content }: PublicPlacement): string | undefined {
  const html = isJsonObject(content) ? ownProperty(content, "html") : undefined;
  return typeof html === "string" ? html : undefined;
}

/** What tells that it was seen: asked for when it comes near the window, and then once. */
export function seenBy({ impressionUrl }: PublicPlacement): string {
  return impressionUrl === undefined ? "" : `<img src="${impressionUrl}" alt="" width="1" height="1" loading="lazy">`;
}
