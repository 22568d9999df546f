import { describe, expect, it } from "vitest";
import { describeRule } from "./describe.ts";
import { aRule } from "./factories.ts";
import { FRENCH } from "./french.ts";

const inFrench = (json: unknown): string => describeRule(aRule(json), FRENCH);

/** Expected sentences are written with plain spaces, where French has ones that do not break. */
const withNoBreak = (sentence: string): string => sentence.replaceAll(/(?<=«) | (?=[»%:;]|km)/g, "\u00A0");

describe("how French writes", () => {
  it("puts no-break spaces inside quotation marks and before percent signs, colons and units", () => {
    expect(inFrench({ trait: "country", eq: "FR" })).toBe("Personnes dont le trait country est «\u00A0FR\u00A0».");
    expect(inFrench({ bucket: { salt: "s", from: 0, to: 0.5 } })).toContain("de 0\u00A0% à 50\u00A0%");
    expect(inFrench({ atLeast: 1, of: [{ everyone: true }] })).toContain("conditions\u00A0:");
    expect(inFrench({ trait: "x", near: { lat: 1, lon: 2, km: 3 } })).toContain("3\u00A0km");
  });

  it.each<[number, string]>([
    [0, "0"],
    [-0.5, "-0,5"],
    [999, "999"],
    [1_000, "1\u202F000"],
    [1_234_567.25, "1\u202F234\u202F567,25"],
    [-12_345, "-12\u202F345"],
    [1.5e21, "1,5\u00A0×\u00A010^21"],
    [5e-7, "5\u00A0×\u00A010^-7"],
  ])("the amount %d as %j", (amount, text) => {
    expect(inFrench({ trait: "x", gte: amount })).toBe(`Personnes dont le trait x est d’au moins ${text}.`);
    expect(inFrench({ event: "A", count: { lt: amount, ne: 5.5 } })).toContain(`de moins de ${text} et autre que 5,5`);
  });

  it("a number that may be a year or a code without setting its digits apart", () => {
    expect(inFrench({ trait: "zip", eq: 75011 })).toBe("Personnes dont le trait zip vaut 75011.");
    expect(inFrench({ trait: "size", in: [1.5, 2026] })).toBe("Personnes dont le trait size vaut 1,5 ou 2026.");
  });

  it.each([
    ["2026-01-01", "1er janvier 2026"],
    ["2026-08-31", "31 août 2026"],
    ["2026-02-11T09:05Z", "11 février 2026 à 09:05 (UTC)"],
    ["2026-12-03T23:59:59.999-03:30", "3 décembre 2026 à 23:59:59,999 (UTC-03:30)"],
  ])("the instant %s as %s", (written, text) => {
    expect(inFrench({ trait: "x", before: written })).toBe(`Personnes dont le trait x est une date antérieure au ${text}.`);
  });

  it.each([
    ["1s", "de la dernière seconde"],
    ["1m", "de la dernière minute"],
    ["1h", "de la dernière heure"],
    ["1d", "des 24 dernières heures"],
    ["25h", "des 25 dernières heures"],
    ["2d", "des 2 derniers jours"],
    ["1w", "des 7 derniers jours"],
    ["9000s", "des 150 dernières minutes"],
  ])("the span %s as %s", (within, text) => {
    expect(inFrench({ event: "A", within })).toBe(withNoBreak(`Personnes qui ont effectué « A » au cours ${text}.`));
  });
});

describe("the French sentence of a trait", () => {
  it.each<[unknown, string]>([
    [{ trait: "x", eq: "FR" }, "Personnes dont le trait x est « FR »."],
    [{ not: { trait: "x", eq: "FR" } }, "Personnes dont le trait x a une valeur connue autre que « FR »."],
    [{ trait: "x", eq: 2026 }, "Personnes dont le trait x vaut 2026."],
    [{ not: { trait: "x", eq: 2026 } }, "Personnes dont le trait x a une valeur connue autre que 2026."],
    [{ trait: "x", eq: true }, "Personnes dont le trait x vaut vrai."],
    [{ not: { trait: "x", eq: true } }, "Personnes dont le trait x a une valeur connue autre que vrai."],
    [
      { trait: "x", ne: "FR", ignoreCase: true },
      "Personnes dont le trait x a une valeur connue autre que « FR » (majuscules et minuscules confondues).",
    ],
    [
      { not: { trait: "x", ne: "FR", ignoreCase: true } },
      "Personnes dont le trait x est « FR » (majuscules et minuscules confondues).",
    ],
    [{ trait: "x", in: ["a", "b", 5] }, "Personnes dont le trait x vaut « a », « b » ou 5."],
    [{ not: { trait: "x", in: ["a", "b", 5] } }, "Personnes dont le trait x a une valeur connue autre que « a », « b » ou 5."],
    [
      { trait: "x", in: ["a", "b", "c", "d", "e", "f", "g"] },
      "Personnes dont le trait x est « a », « b », « c », « d », « e » ou 2 autres valeurs.",
    ],
    [
      { not: { trait: "x", in: ["a", "b", "c", "d", "e", "f", "g"] } },
      "Personnes dont le trait x a une valeur connue autre que « a », « b », « c », « d », « e » ou 2 autres valeurs.",
    ],
    [{ trait: "x", notIn: ["a", "b"] }, "Personnes dont le trait x a une valeur connue autre que « a » ou « b »."],
    [{ not: { trait: "x", notIn: ["a", "b"] } }, "Personnes dont le trait x est « a » ou « b »."],
    [{ trait: "x", lt: 18 }, "Personnes dont le trait x est de moins de 18."],
    [{ not: { trait: "x", lt: 18 } }, "Personnes dont le trait x est d’au moins 18."],
    [{ trait: "x", lte: 18 }, "Personnes dont le trait x est d’au plus 18."],
    [{ not: { trait: "x", lte: 18 } }, "Personnes dont le trait x est de plus de 18."],
    [{ trait: "x", gte: 18 }, "Personnes dont le trait x est d’au moins 18."],
    [{ not: { trait: "x", gte: 18 } }, "Personnes dont le trait x est de moins de 18."],
    [{ trait: "x", between: [18, 30] }, "Personnes dont le trait x est un nombre compris entre 18 et 30 inclus."],
    [
      { not: { trait: "x", between: [18, 30] } },
      "Personnes dont le trait x est un nombre qui n’est pas compris entre 18 et 30 inclus.",
    ],
    [{ trait: "x", exists: true }, "Personnes dont le trait x est renseigné."],
    [{ not: { trait: "x", exists: true } }, "Personnes dont le trait x n’est pas renseigné."],
    [{ trait: "x", exists: false }, "Personnes dont le trait x n’est pas renseigné."],
    [{ not: { trait: "x", exists: false } }, "Personnes dont le trait x est renseigné."],
    [{ trait: "x", contains: "@x" }, "Personnes dont le trait x contient « @x »."],
    [{ not: { trait: "x", contains: "@x" } }, "Personnes dont le trait x est un texte qui ne contient pas « @x »."],
    [{ trait: "x", startsWith: "A" }, "Personnes dont le trait x commence par « A »."],
    [{ not: { trait: "x", startsWith: "A" } }, "Personnes dont le trait x est un texte qui ne commence pas par « A »."],
    [
      { trait: "x", endsWith: "A", ignoreCase: true },
      "Personnes dont le trait x finit par « A » (majuscules et minuscules confondues).",
    ],
    [
      { not: { trait: "x", endsWith: "A", ignoreCase: true } },
      "Personnes dont le trait x est un texte qui ne finit pas par « A » (majuscules et minuscules confondues).",
    ],
    [{ trait: "x", glob: "A*" }, "Personnes dont le trait x correspond au modèle « A* »."],
    [{ not: { trait: "x", glob: "A*" } }, "Personnes dont le trait x est un texte qui ne correspond pas au modèle « A* »."],
    [{ trait: "x", matches: "^A" }, "Personnes dont le trait x correspond à l’expression régulière « ^A »."],
    [
      { not: { trait: "x", matches: "^A" } },
      "Personnes dont le trait x est un texte qui ne correspond pas à l’expression régulière « ^A ».",
    ],
    [{ trait: "x", hasAny: ["a", "b"] }, "Personnes dont le trait x est une liste qui contient « a » ou « b »."],
    [{ not: { trait: "x", hasAny: ["a", "b"] } }, "Personnes dont le trait x est une liste sans « a » ni « b »."],
    [{ trait: "x", hasAny: ["a"] }, "Personnes dont le trait x est une liste qui contient « a »."],
    [{ not: { trait: "x", hasAny: ["a"] } }, "Personnes dont le trait x est une liste sans « a »."],
    [{ trait: "x", hasAll: ["a", "b"] }, "Personnes dont le trait x est une liste qui contient à la fois « a » et « b »."],
    [
      { not: { trait: "x", hasAll: ["a", "b"] } },
      "Personnes dont le trait x est une liste qui ne contient pas à la fois « a » et « b ».",
    ],
    [{ trait: "x", hasAll: ["a"] }, "Personnes dont le trait x est une liste qui contient « a »."],
    [{ not: { trait: "x", hasAll: ["a"] } }, "Personnes dont le trait x est une liste qui ne contient pas « a »."],
    [{ trait: "x", hasNone: ["a", "b", 5] }, "Personnes dont le trait x est une liste sans « a », « b » ni 5."],
    [{ not: { trait: "x", hasNone: ["a", "b", 5] } }, "Personnes dont le trait x est une liste qui contient « a », « b » ou 5."],
    [{ trait: "x", size: { gte: 2 } }, "Personnes dont le trait x est une liste d’au moins 2 éléments."],
    [{ not: { trait: "x", size: { gte: 2 } } }, "Personnes dont le trait x est une liste de moins de 2 éléments."],
    [{ trait: "x", size: { eq: 1 } }, "Personnes dont le trait x est une liste d’exactement 1 élément."],
    [{ not: { trait: "x", size: { eq: 1 } } }, "Personnes dont le trait x est une liste d’un nombre d’éléments autre que 1."],
    [{ trait: "x", size: { ne: 3 } }, "Personnes dont le trait x est une liste d’un nombre d’éléments autre que 3."],
    [{ not: { trait: "x", size: { ne: 3 } } }, "Personnes dont le trait x est une liste d’exactement 3 éléments."],
    [{ trait: "x", size: { gte: 2, lt: 5 } }, "Personnes dont le trait x est une liste d’au moins 2 et moins de 5 éléments."],
    [
      { not: { trait: "x", size: { gte: 2, lt: 5 } } },
      "Personnes dont le trait x est une liste d’un nombre d’éléments qui n’est pas à la fois d’au moins 2 et de moins de 5.",
    ],
    [{ trait: "x", size: { between: [2, 4] } }, "Personnes dont le trait x est une liste de 2 à 4 éléments."],
    [
      { not: { trait: "x", size: { between: [2, 4] } } },
      "Personnes dont le trait x est une liste de moins de 2 ou plus de 4 éléments.",
    ],
    [
      {
        trait: "x",
        some: {
          all: [
            { property: "to", eq: "Rome" },
            { property: "at", withinNext: "7d" },
          ],
        },
      },
      "Personnes dont le trait x est une liste qui contient un élément où (le champ to est « Rome » et le champ at est une date des 7 prochains jours).",
    ],
    [
      {
        not: {
          trait: "x",
          some: {
            all: [
              { property: "to", eq: "Rome" },
              { property: "at", withinNext: "7d" },
            ],
          },
        },
      },
      "Personnes dont le trait x est une liste sans élément où (le champ to est « Rome » et le champ at est une date des 7 prochains jours).",
    ],
    [{ trait: "x", before: "2026-01-01" }, "Personnes dont le trait x est une date antérieure au 1er janvier 2026."],
    [{ not: { trait: "x", before: "2026-01-01" } }, "Personnes dont le trait x est le 1er janvier 2026 ou une date ultérieure."],
    [
      { trait: "x", after: "2026-01-31T18:00:00.5+01:00" },
      "Personnes dont le trait x est le 31 janvier 2026 à 18:00:00,5 (UTC+01:00) ou une date ultérieure.",
    ],
    [
      { not: { trait: "x", after: "2026-01-31T18:00:00.5+01:00" } },
      "Personnes dont le trait x est une date antérieure au 31 janvier 2026 à 18:00:00,5 (UTC+01:00).",
    ],
    [{ trait: "x", withinLast: "1d" }, "Personnes dont le trait x est une date des 24 dernières heures."],
    [{ not: { trait: "x", withinLast: "1d" } }, "Personnes dont le trait x est une date hors des 24 dernières heures."],
    [{ trait: "x", withinLast: "36h" }, "Personnes dont le trait x est une date des 36 dernières heures."],
    [{ not: { trait: "x", withinLast: "36h" } }, "Personnes dont le trait x est une date hors des 36 dernières heures."],
    [{ trait: "x", withinLast: "1h" }, "Personnes dont le trait x est une date de la dernière heure."],
    [{ not: { trait: "x", withinLast: "1h" } }, "Personnes dont le trait x est une date hors de la dernière heure."],
    [{ trait: "x", olderThan: "30d" }, "Personnes dont le trait x remonte à au moins 30 jours."],
    [{ not: { trait: "x", olderThan: "30d" } }, "Personnes dont le trait x est une date qui ne remonte pas encore à 30 jours."],
    [{ trait: "x", withinNext: "7d" }, "Personnes dont le trait x est une date des 7 prochains jours."],
    [{ not: { trait: "x", withinNext: "7d" } }, "Personnes dont le trait x est une date hors des 7 prochains jours."],
    [{ trait: "x", withinNext: "1m" }, "Personnes dont le trait x est une date de la prochaine minute."],
    [{ not: { trait: "x", withinNext: "1m" } }, "Personnes dont le trait x est une date hors de la prochaine minute."],
    [
      { trait: "x", anniversary: { withinNext: "1w" } },
      "Personnes dont le trait x est une date dont l’anniversaire tombe au cours des 7 prochains jours.",
    ],
    [
      { not: { trait: "x", anniversary: { withinNext: "1w" } } },
      "Personnes dont le trait x est une date dont l’anniversaire ne tombe pas au cours des 7 prochains jours.",
    ],
    [
      { trait: "x", version: { gte: "2.0.0", lt: "3.0.0" } },
      "Personnes dont le trait x est une version à partir de la 2.0.0 et antérieure à la 3.0.0.",
    ],
    [
      { not: { trait: "x", version: { gte: "2.0.0", lt: "3.0.0" } } },
      "Personnes dont le trait x est une version qui n’est pas à la fois à partir de la 2.0.0 et antérieure à la 3.0.0.",
    ],
    [{ trait: "x", version: { eq: "2.0.0" } }, "Personnes dont le trait x est une version égale à la 2.0.0."],
    [{ not: { trait: "x", version: { eq: "2.0.0" } } }, "Personnes dont le trait x est une version autre que la 2.0.0."],
    [
      { trait: "x", version: { between: ["2.0.0", "3.0.0"] } },
      "Personnes dont le trait x est une version de la 2.0.0 à la 3.0.0 incluse.",
    ],
    [
      { not: { trait: "x", version: { between: ["2.0.0", "3.0.0"] } } },
      "Personnes dont le trait x est une version antérieure à la 2.0.0 ou postérieure à la 3.0.0.",
    ],
    [
      { trait: "x", cidr: ["10.0.0.0/8", "::1/128"] },
      "Personnes dont le trait x est une adresse de « 10.0.0.0/8 » ou « ::1/128 ».",
    ],
    [
      { not: { trait: "x", cidr: ["10.0.0.0/8", "::1/128"] } },
      "Personnes dont le trait x est une adresse hors de « 10.0.0.0/8 » et « ::1/128 ».",
    ],
    [
      { trait: "x", near: { lat: 48.86, lon: 2.35, km: 10.5 } },
      "Personnes dont le trait x est un lieu à 10,5 km au plus du point (48,86 ; 2,35).",
    ],
    [
      { not: { trait: "x", near: { lat: 48.86, lon: 2.35, km: 10.5 } } },
      "Personnes dont le trait x est un lieu à plus de 10,5 km du point (48,86 ; 2,35).",
    ],
  ])("of %j is %j", (json, sentence) => expect(inFrench(json)).toBe(withNoBreak(sentence)));
});
