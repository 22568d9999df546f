import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { parseProfileId, type ProfileId } from "../../core/model/ids.ts";
import type { ShownProperties } from "../../core/model/campaign.ts";

/** What a decision put into a placement, as its impression and its click say it again. */
export interface Shown extends ShownProperties {
  readonly workspace: string;
  readonly profileId: ProfileId;
  /** ms: of the decision. */
  readonly at: number;
  /** Where a click leads. */
  readonly destination?: string;
}

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The token of an impression's or a click's URL: sealed by AES-256-GCM under a key made of the deployment's, so that a page
 * neither reads whose it is nor makes one up. Base64url of a random IV, the text and its tag.
 */
export function sealShown(nameKey: string, shown: Shown): string {
  const { workspace, profileId, decision, placement, campaign, creative, arm, at, destination } = shown;
  const fields = [1, workspace, profileId, decision, placement, campaign, creative, arm === "holdout" ? 1 : 0, at];
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(nameKey), iv);
  const text = JSON.stringify(destination === undefined ? fields : [...fields, destination]);
  return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64url");
}

/** @returns undefined for what is not ours, or was touched */
export function openShown(nameKey: string, token: string): Shown | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, keyOf(nameKey), bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
    return read(JSON.parse(text) as readonly unknown[]);
  } catch {
    return undefined;
  }
}

function read(fields: readonly unknown[]): Shown | undefined {
  const [version, workspace, profile, decision, placement, campaign, creative, isHoldout, at, destination] = fields;
  const profileId = parseProfileId(profile);
  if (version !== 1 || profileId === undefined || typeof at !== "number") return undefined;
  const texts = [workspace, decision, placement, campaign, creative].map((field) => (typeof field === "string" ? field : ""));
  const [ofWorkspace = "", ofDecision = "", inPlacement = "", ofCampaign = "", ofCreative = ""] = texts;
  return {
    workspace: ofWorkspace,
    profileId,
    decision: ofDecision,
    placement: inPlacement,
    campaign: ofCampaign,
    creative: ofCreative,
    arm: isHoldout === 1 ? "holdout" : "treated",
    at,
    ...(typeof destination === "string" ? { destination } : {}),
  };
}

let keyUnder = "";
let key = Buffer.alloc(0);

function keyOf(nameKey: string): Buffer {
  if (nameKey !== keyUnder) {
    // Under this word alone a MAC is never the name of an object, which has the same key.
    key = createHmac("sha256", nameKey).update("shown").digest();
    keyUnder = nameKey;
  }
  return key;
}
