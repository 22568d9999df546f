import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** True under `npm run test:full`: inside the runtime there is no environment to ask. */
    readonly full: boolean;
  }
}
