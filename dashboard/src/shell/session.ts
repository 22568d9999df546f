import { createContext, useContext } from "react";

/** Who is signed in, and to what. */
export interface Session {
  readonly member: { readonly id: string; readonly name: string; readonly role: Role; readonly language: "en" | "fr" };
  readonly workspace: { readonly id: string; readonly name: string; readonly timeZone: string };
  readonly scopes: readonly string[];
  readonly demo: boolean;
}
export type Role = "admin" | "editor" | "viewer";

export const SessionContext = createContext<Session | undefined>(undefined);

/** Of the one who reads: below the shell there is always one. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("asked outside the shell");
  return session;
}

/** True where the reader may do what asks for a scope. */
export function useMay(scope: string): boolean {
  return useSession().scopes.includes(scope);
}
