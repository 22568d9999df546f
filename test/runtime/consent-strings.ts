import { GppModel } from "@iabgpp/cmpapi";

/** Consent strings as management platforms write them, encoded by the IAB's own library. */

export function tcfString(purposes: readonly number[], vendors: readonly number[] = []): string {
  const model = new GppModel();
  const bits = Array.from({ length: 24 }, (_, bit) => purposes.includes(bit + 1));
  model.setFieldValue("tcfeuv2", "PurposeConsents", bits);
  model.setFieldValue("tcfeuv2", "VendorConsents", [...vendors]);
  model.setFieldValue("tcfeuv2", "CmpId", 10);
  model.setFieldValue("tcfeuv2", "VendorListVersion", 100);
  return model.encodeSection("tcfeuv2");
}

export function gppString(section: string, fields: Readonly<Record<string, unknown>>): string {
  const model = new GppModel();
  for (const [name, value] of Object.entries(fields)) model.setFieldValue(section, name, value);
  return model.encode();
}

/** Everything that reading a profile for an ad needs. */
export const TCF_YES: string = tcfString([1, 2, 3, 4, 5, 6, 7, 8]);
export const TCF_NO: string = tcfString([]);
