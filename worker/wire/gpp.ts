import { needsGpp, type GppReader } from "../../core/consent/read.ts";
import type { Json } from "../../core/model/json.ts";

/** The GPP decoder is larger than all the rest of the data plane: loaded when the first GPP string comes, at once where none does. */
export function gppReaderFor(statements: readonly (Json | undefined)[]): GppReader | Promise<GppReader> {
  return statements.some(needsGpp) ? load() : unexpectedGpp;
}

async function load(): Promise<GppReader> {
  const { consentOfGpp } = await import("../../core/consent/gpp.ts");
  return consentOfGpp;
}

/** For statements known to hold no GPP string. */
export function unexpectedGpp(): never {
  throw new Error("a GPP string came where none was announced");
}
