import type { textOf as gives } from "./texts.ts";

/** The texts of our scripts as `npm run dashboard` has laid them among the static assets: in the place of `texts.ts` in what is deployed. */

/** An isolate asks for each once. */
const known = new Map<string, string>();

export const textOf: typeof gives = async (env, path) => {
  const found = known.get(path);
  if (found !== undefined) return found;
  const file = await env.ASSETS.fetch(`http://assets${path}`);
  if (!file.ok) throw new Error(`${path} is not built: npm run dashboard`);
  const text = await file.text();
  known.set(path, text);
  return text;
};
