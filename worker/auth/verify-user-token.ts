import { decodeProtectedHeader } from "jose/decode/protected_header";
import { jwtVerify } from "jose/jwt/verify";
import type { JWK, JWTPayload } from "jose";
import type { UserTokenKey } from "../cold/records.ts";
import { userTokenSecret } from "../cold/user-token-keys.ts";

/** Clocks of a site's servers and ours may differ by so much, s. */
export const CLOCK_TOLERANCE_S = 30;
/** The longest that a token may still hold, s: whoever signs one for a year has lost it for a year. */
const LONGEST_S = 86_400;

export interface VerifiedToken {
  readonly kid: string;
  readonly payload: JWTPayload & { readonly exp: number; readonly sub: string };
}

/**
 * Whether a token is a workspace's, by whichever of its keys. What algorithm is right is said by the key: the token's header only picks
 * among keys, so `none`, or an HMAC under a public key, finds nothing to be checked by.
 * @returns undefined where it is not, for whatever reason
 */
export async function verifyUserToken(
  token: string,
  {
    nameKey,
    workspace,
    keys,
    now,
  }: {
    readonly nameKey: string;
    readonly workspace: string;
    readonly keys: readonly UserTokenKey[];
    /** ms */
    readonly now: number;
  },
): Promise<VerifiedToken | undefined> {
  const settings = {
    audience: workspace,
    requiredClaims: ["sub", "exp"],
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: new Date(now),
  };
  for (const key of keysFor(token, keys)) {
    for (const material of materialsOf(key, nameKey, workspace)) {
      try {
        const { payload } = await jwtVerify(token, material, { ...settings, algorithms: [key.algorithm] });
        const { sub, exp } = payload;
        if (typeof sub !== "string" || exp === undefined || exp * 1_000 > now + (LONGEST_S + CLOCK_TOLERANCE_S) * 1_000)
          return undefined;
        return { kid: key.kid, payload: { ...payload, sub, exp } };
      } catch {
        // Whatever is wrong with it, it proves nothing; under another key it may.
      }
    }
  }
  return undefined;
}

/** The key that the token names; of one that names none, as many libraries make them, each of its algorithm. */
function keysFor(token: string, keys: readonly UserTokenKey[]): readonly UserTokenKey[] {
  try {
    const { kid, alg } = decodeProtectedHeader(token);
    return keys.filter((key) => (kid === undefined ? key.algorithm === alg : key.kid === kid));
  } catch {
    return [];
  }
}

/** Some libraries take a secret as the text that it is, others as the bytes that it stands for: both are the same secret. */
function materialsOf(key: UserTokenKey, nameKey: string, workspace: string): readonly (Uint8Array | JWK)[] {
  if (key.algorithm === "ES256") return [{ ...key.publicKey }];
  const secret = userTokenSecret(nameKey, workspace, key.kid);
  return [Buffer.from(secret), Buffer.from(secret, "base64url")];
}
