import { GVL, Segment, TCModel, TCString } from "@iabtechlabtcf/core";

/** The eleven purposes of TCF v2.2, without their texts: a banner has its own. */
const purposes = Object.fromEntries(
  Array.from({ length: 11 }, (_, index) => [
    String(index + 1),
    { id: index + 1, name: `Purpose ${index + 1}`, description: "", illustrations: [] },
  ]),
);

/** A vendor list of no vendors: the shop has no one but itself. */
const LIST = {
  gvlSpecificationVersion: 3,
  vendorListVersion: 1,
  tcfPolicyVersion: 4,
  lastUpdated: "2026-01-01T00:00:00Z",
  purposes,
  specialPurposes: {},
  features: {},
  specialFeatures: {},
  stacks: {},
  dataCategories: {},
  vendors: {},
};

/** A TC string (TCF v2.2) that consents to these purposes and no others. */
export function tcString(consents: readonly number[]): string {
  const model = new TCModel(new GVL(LIST));
  Object.assign(model, { cmpId: 10, cmpVersion: 1, consentScreen: 1, consentLanguage: "EN" });
  model.purposeConsents.set([...consents]);
  return TCString.encode(model, { version: 2, segments: [Segment.CORE] });
}
