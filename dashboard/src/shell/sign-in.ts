import { call } from "../api/client.ts";
import type { Session } from "./session.ts";

/** Uses up the link that the page was opened with, if any. @throws ApiError 401 for nobody */
export async function openSession(): Promise<Session> {
  const link = /^#link=([\w-]+)$/.exec(location.hash)?.[1];
  if (link !== undefined) {
    // It works once: it is not to stay in the history.
    history.replaceState(null, "", location.pathname + location.search);
    await signIn(link);
  }
  const { data } = await call.GET("/api/session");
  if (data === undefined) throw new Error("a session without content");
  return data;
}

/** @param link as it was given, whole or its code alone */
export async function signIn(link: string): Promise<void> {
  await call.POST("/api/session", { body: { link: link.replace(/^.*#link=/, "").trim() } });
}

export async function signOut(): Promise<void> {
  await call.DELETE("/api/session");
  location.assign("/dashboard/");
}
