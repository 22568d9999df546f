import { describe, expect, it } from "vitest";
import { describeRule } from "./describe.ts";
import { aRule } from "./factories.ts";
import { FRENCH } from "./french.ts";

const inFrench = (json: unknown): string => describeRule(aRule(json), FRENCH);

/** Expected sentences are written with plain spaces, where French has ones that do not break. */
const withNoBreak = (sentence: string): string => sentence.replaceAll(/(?<=«) | (?=[»%:;]|km)/g, "\u00A0");

describe("the French sentence of how many or how much", () => {
  it.each<[unknown, string]>([
    [{ event: "A", count: { gte: 1 } }, "Personnes qui ont effectué « A »."],
    [{ not: { event: "A", count: { gte: 1 } } }, "Personnes qui n’ont pas effectué « A »."],
    [{ event: "A", count: { eq: 1 } }, "Personnes qui ont effectué « A » exactement 1 fois."],
    [{ not: { event: "A", count: { eq: 1 } } }, "Personnes qui ont effectué « A » un nombre de fois autre que 1."],
    [{ event: "A", days: { eq: 1 } }, "Personnes qui ont effectué « A » sur exactement 1 jour différent."],
    [{ not: { event: "A", days: { eq: 1 } } }, "Personnes qui ont effectué « A » sur un nombre de jours différents autre que 1."],
    [{ event: "A", count: { gte: 3 } }, "Personnes qui ont effectué « A » au moins 3 fois."],
    [{ not: { event: "A", count: { gte: 3 } } }, "Personnes qui ont effectué « A » moins de 3 fois."],
    [{ event: "A", days: { gte: 3 } }, "Personnes qui ont effectué « A » sur au moins 3 jours différents."],
    [{ not: { event: "A", days: { gte: 3 } } }, "Personnes qui ont effectué « A » sur moins de 3 jours différents."],
    [{ event: "A", sum: { of: "value", gte: 3 } }, "Personnes dont le total du champ value pour « A » est d’au moins 3."],
    [
      { not: { event: "A", sum: { of: "value", gte: 3 } } },
      "Personnes dont le total du champ value pour « A » est de moins de 3.",
    ],
    [
      { event: "A", distinct: { of: "value", gte: 3 } },
      "Personnes dont le nombre de valeurs différentes du champ value pour « A » est d’au moins 3.",
    ],
    [
      { not: { event: "A", distinct: { of: "value", gte: 3 } } },
      "Personnes dont le nombre de valeurs différentes du champ value pour « A » est de moins de 3.",
    ],
    [{ event: "A", count: { lt: 3 } }, "Personnes qui ont effectué « A » moins de 3 fois."],
    [{ not: { event: "A", count: { lt: 3 } } }, "Personnes qui ont effectué « A » au moins 3 fois."],
    [{ event: "A", count: { ne: 3 } }, "Personnes qui ont effectué « A » un nombre de fois autre que 3."],
    [{ not: { event: "A", count: { ne: 3 } } }, "Personnes qui ont effectué « A » exactement 3 fois."],
    [{ event: "A", days: { ne: 3 } }, "Personnes qui ont effectué « A » sur un nombre de jours différents autre que 3."],
    [{ not: { event: "A", days: { ne: 3 } } }, "Personnes qui ont effectué « A » sur exactement 3 jours différents."],
    [{ event: "A", count: { gte: 2, lt: 5 } }, "Personnes qui ont effectué « A » au moins 2 et moins de 5 fois."],
    [
      { not: { event: "A", count: { gte: 2, lt: 5 } } },
      "Personnes qui ont effectué « A » un nombre de fois qui n’est pas à la fois d’au moins 2 et de moins de 5.",
    ],
    [{ event: "A", days: { gte: 2, lt: 5 } }, "Personnes qui ont effectué « A » sur au moins 2 et moins de 5 jours différents."],
    [
      { not: { event: "A", days: { gte: 2, lt: 5 } } },
      "Personnes qui ont effectué « A » sur un nombre de jours différents qui n’est pas à la fois d’au moins 2 et de moins de 5.",
    ],
    [
      { event: "A", sum: { of: "value", gte: 2, lt: 5 } },
      "Personnes dont le total du champ value pour « A » est d’au moins 2 et de moins de 5.",
    ],
    [
      { not: { event: "A", sum: { of: "value", gte: 2, lt: 5 } } },
      "Personnes dont le total du champ value pour « A » n’est pas à la fois d’au moins 2 et de moins de 5.",
    ],
    [
      { event: "A", avg: { of: "value", gte: 2, lt: 5 } },
      "Personnes dont la moyenne du champ value pour « A » est d’au moins 2 et de moins de 5.",
    ],
    [
      { not: { event: "A", avg: { of: "value", gte: 2, lt: 5 } } },
      "Personnes dont la moyenne du champ value pour « A » est connue et n’est pas à la fois d’au moins 2 et de moins de 5.",
    ],
    [
      { event: "A", distinct: { of: "value", gte: 2, lt: 5 } },
      "Personnes dont le nombre de valeurs différentes du champ value pour « A » est d’au moins 2 et de moins de 5.",
    ],
    [
      { not: { event: "A", distinct: { of: "value", gte: 2, lt: 5 } } },
      "Personnes dont le nombre de valeurs différentes du champ value pour « A » n’est pas à la fois d’au moins 2 et de moins de 5.",
    ],
    [{ event: "A", count: { between: [2, 4] } }, "Personnes qui ont effectué « A » de 2 à 4 fois."],
    [{ not: { event: "A", count: { between: [2, 4] } } }, "Personnes qui ont effectué « A » moins de 2 ou plus de 4 fois."],
    [{ event: "A", avg: { of: "value", between: [2, 4] } }, "Personnes dont la moyenne du champ value pour « A » est de 2 à 4."],
    [
      { not: { event: "A", avg: { of: "value", between: [2, 4] } } },
      "Personnes dont la moyenne du champ value pour « A » est de moins de 2 ou de plus de 4.",
    ],
  ])("of %j is %j", (json, sentence) => expect(inFrench(json)).toBe(withNoBreak(sentence)));
});

describe("the French sentence of events", () => {
  it.each<[unknown, string]>([
    [{ event: "A", min: { of: "v", gt: 1 } }, "Personnes dont la plus petite valeur du champ v pour « A » est de plus de 1."],
    [
      { event: "A", within: "1h", first: { of: "c", eq: "s" } },
      "Personnes dont la première valeur du champ c pour « A » au cours de la dernière heure est « s ».",
    ],
    [
      { not: { event: "A", last: { of: "at", withinNext: "7d" } } },
      "Personnes dont la dernière valeur du champ at pour « A » est une date hors des 7 prochains jours.",
    ],
    [{ event: ["A", "$page"] }, "Personnes qui ont effectué « A » ou une consultation de page."],
    [
      { not: { event: ["A", "$page", "$click"] } },
      "Personnes qui n’ont effectué ni « A » ni consultation de page ni clic sur une publicité.",
    ],
    [{ not: { event: "$impression" } }, "Personnes qui n’ont pas effectué d’affichage de publicité."],
    [
      {
        event: "*",
        where: { none: [{ property: "x", lt: 5 }, { channel: "store" }, { party: "first" }, { not: { source: "web" } }] },
      },
      "Personnes qui ont effectué un événement quelconque (le champ x est d’au moins 5, le canal n’est pas « store », les données ne sont pas « first party » et la source est « web »).",
    ],
    [{ not: { event: "*", within: "7d" } }, "Personnes qui n’ont effectué aucun événement au cours des 7 derniers jours."],
    [
      { not: { event: ["A", "B", "C", "D", "E", "F"] } },
      "Personnes qui n’ont effectué ni « A » ni « B » ni « C » ni « D » ni « E » ni 1 autre événement.",
    ],
    [
      {
        event: "B",
        where: {
          any: [
            { property: "at", olderThan: "2d" },
            { not: { property: "at", olderThan: "1d" } },
            { property: "b", anniversary: { withinNext: "1d" } },
            { not: { property: "b", withinLast: "1d" } },
          ],
        },
      },
      "Personnes qui ont effectué « B » (le champ at est une date antérieure d’au moins 2 jours à l’événement, le champ at est une date qui n’est pas antérieure d’au moins 1 jour à l’événement, le champ b est une date dont l’anniversaire tombe au cours des 24 heures suivant l’événement ou le champ b est une date hors des 24 heures précédant l’événement).",
    ],
  ])("of %j is %j", (json, sentence) => expect(inFrench(json)).toBe(withNoBreak(sentence)));
});

describe("the French sentence of a window", () => {
  it.each<[unknown, string]>([
    ["30d", "au cours des 30 derniers jours"],
    ["1d", "au cours des 24 dernières heures"],
    ["1h", "au cours de la dernière heure"],
    ["500s", "au cours des 500 dernières secondes"],
    [{ from: "90d", to: "36h" }, "il y a entre 36 heures et 90 jours"],
    [{ after: "2026-01-01" }, "à partir du 1er janvier 2026"],
    [{ before: "2026-02-01" }, "avant le 1er février 2026"],
    [{ after: "2026-01-01", before: "2026-02-01" }, "à partir du 1er janvier 2026 et avant le 1er février 2026"],
    [{ calendar: "day", last: 1, complete: false }, "aujourd’hui"],
    [{ calendar: "day", last: 1, complete: true }, "hier"],
    [{ calendar: "day", last: 2, complete: false }, "aujourd’hui ou hier"],
    [{ calendar: "day", last: 2, complete: true }, "au cours des 2 derniers jours complets"],
    [{ calendar: "day", last: 3, complete: false }, "aujourd’hui ou au cours des 2 jours précédents"],
    [{ calendar: "day", last: 3, complete: true }, "au cours des 3 derniers jours complets"],
    [{ calendar: "week", last: 1, complete: false }, "cette semaine"],
    [{ calendar: "week", last: 1, complete: true }, "au cours de la dernière semaine complète"],
    [{ calendar: "week", last: 2, complete: false }, "cette semaine ou la semaine précédente"],
    [{ calendar: "week", last: 2, complete: true }, "au cours des 2 dernières semaines complètes"],
    [{ calendar: "week", last: 3, complete: false }, "cette semaine ou au cours des 2 semaines précédentes"],
    [{ calendar: "week", last: 3, complete: true }, "au cours des 3 dernières semaines complètes"],
    [{ calendar: "month", last: 1, complete: false }, "ce mois-ci"],
    [{ calendar: "month", last: 1, complete: true }, "au cours du dernier mois complet"],
    [{ calendar: "month", last: 2, complete: false }, "ce mois-ci ou le mois précédent"],
    [{ calendar: "month", last: 2, complete: true }, "au cours des 2 derniers mois complets"],
    [{ calendar: "month", last: 3, complete: false }, "ce mois-ci ou au cours des 2 mois précédents"],
    [{ calendar: "month", last: 3, complete: true }, "au cours des 3 derniers mois complets"],
    [{ calendar: "year", last: 1, complete: false }, "cette année"],
    [{ calendar: "year", last: 1, complete: true }, "au cours de la dernière année complète"],
    [{ calendar: "year", last: 2, complete: false }, "cette année ou l’année précédente"],
    [{ calendar: "year", last: 2, complete: true }, "au cours des 2 dernières années complètes"],
    [{ calendar: "year", last: 3, complete: false }, "cette année ou au cours des 2 années précédentes"],
    [{ calendar: "year", last: 3, complete: true }, "au cours des 3 dernières années complètes"],
    [{ calendar: "week", timeZone: "Asia/Tokyo" }, "cette semaine (fuseau horaire Asia/Tokyo)"],
    [{ session: true }, "pendant la session en cours"],
  ])("%j is %j", (within, words) => {
    expect(inFrench({ event: "A", within })).toBe(withNoBreak(`Personnes qui ont effectué « A » ${words}.`));
  });
});

describe("the French sentence of a sequence", () => {
  it.each<[unknown, string]>([
    [
      {
        sequence: [
          { event: "A" },
          { event: "B", within: "1h" },
          { event: ["C", "$page"], where: { property: "at", withinLast: "1h" }, within: "1d" },
        ],
        within: "30d",
        sameSession: true,
        without: { event: "D", where: { channel: "web" } },
      },
      "Personnes qui ont suivi la séquence « A », puis « B » au plus tard 1 heure après, puis « C » ou une consultation de page (le champ at est une date de l’heure précédant l’événement) au plus tard 1 jour après, le tout en une seule session et au cours des 30 derniers jours, sans « D » (le canal est « web ») entre-temps.",
    ],
    [
      {
        not: {
          sequence: [
            { event: "A" },
            { event: "B", within: "1h" },
            { event: ["C", "$page"], where: { property: "at", withinLast: "1h" }, within: "1d" },
          ],
        },
      },
      "Personnes qui n’ont pas suivi la séquence « A », puis « B » au plus tard 1 heure après, puis « C » ou une consultation de page (le champ at est une date de l’heure précédant l’événement) au plus tard 1 jour après.",
    ],
    [
      {
        sequence: [
          { event: "A" },
          { event: "B", within: "1h" },
          { event: ["C", "$page"], where: { property: "at", withinLast: "1h" }, within: "1d" },
        ],
        without: { event: ["D", "$page"] },
      },
      "Personnes qui ont suivi la séquence « A », puis « B » au plus tard 1 heure après, puis « C » ou une consultation de page (le champ at est une date de l’heure précédant l’événement) au plus tard 1 jour après, sans « D » ni consultation de page entre-temps.",
    ],
    [
      {
        sequence: [
          { event: "A" },
          { event: "B", within: "1h" },
          { event: ["C", "$page"], where: { property: "at", withinLast: "1h" }, within: "1d" },
        ],
        without: { event: "*" },
      },
      "Personnes qui ont suivi la séquence « A », puis « B » au plus tard 1 heure après, puis « C » ou une consultation de page (le champ at est une date de l’heure précédant l’événement) au plus tard 1 jour après, sans aucun événement entre-temps.",
    ],
    [
      {
        sequence: [
          { event: "A" },
          { event: "B", within: "1h" },
          { event: ["C", "$page"], where: { property: "at", withinLast: "1h" }, within: "1d" },
        ],
        within: { session: true },
      },
      "Personnes qui ont suivi la séquence « A », puis « B » au plus tard 1 heure après, puis « C » ou une consultation de page (le champ at est une date de l’heure précédant l’événement) au plus tard 1 jour après, le tout pendant la session en cours.",
    ],
  ])("of %j is %j", (json, sentence) => expect(inFrench(json)).toBe(withNoBreak(sentence)));
});

describe("the French sentence of what others say of a person, and of households", () => {
  it.each<[unknown, string]>([
    [{ audience: "vip" }, "Personnes qui sont dans l’audience « vip »."],
    [{ not: { audience: "vip" } }, "Personnes qui ne sont pas dans l’audience « vip »."],
    [{ audience: "vip", for: "30d" }, "Personnes qui sont dans l’audience « vip » sans interruption depuis 30 jours."],
    [
      { not: { audience: "vip", for: "30d" } },
      "Personnes qui ont été hors de l’audience « vip » à un moment au moins des 30 derniers jours.",
    ],
    [
      { not: { audience: "vip", for: "1h" } },
      "Personnes qui ont été hors de l’audience « vip » à un moment au moins de la dernière heure.",
    ],
    [{ list: "l" }, "Personnes qui figurent sur la liste « l »."],
    [{ not: { list: "l" } }, "Personnes qui ne figurent pas sur la liste « l »."],
    [
      { bucket: { salt: "s", from: 0.07, to: 0.3333333333333333 } },
      "Personnes qui se trouvent dans la part de 7 % à 33,33333333333333 % de la répartition « s ».",
    ],
    [
      { not: { bucket: { salt: "s", from: 0, to: 1 } } },
      "Personnes qui se trouvent hors de la part de 0 % à 100 % de la répartition « s ».",
    ],
    [
      { household: { trait: "country", eq: "FR" } },
      "Personnes dont le foyer, pris comme une seule personne, fait partie des personnes dont le trait country est « FR ».",
    ],
    [
      {
        not: {
          household: {
            all: [
              { trait: "country", eq: "FR" },
              { event: "Order Completed", within: "30d" },
            ],
          },
        },
      },
      "Personnes dont le foyer, pris comme une seule personne, fait partie des personnes (dont le trait country a une valeur connue autre que « FR » ou qui n’ont pas effectué « Order Completed » au cours des 30 derniers jours).",
    ],
    [
      { household: { everyone: true } },
      "Personnes dont le foyer, pris comme une seule personne, fait partie des personnes quelles qu’elles soient.",
    ],
  ])("of %j is %j", (json, sentence) => expect(inFrench(json)).toBe(withNoBreak(sentence)));
});

describe("the French sentence of groups", () => {
  it.each<[unknown, string]>([
    [{ everyone: true }, "Tout le monde."],
    [{ not: { everyone: true } }, "Aucune personne."],
    [
      { all: [{ everyone: true }, { event: "Order Completed", within: "30d" }] },
      "Personnes quelles qu’elles soient et qui ont effectué « Order Completed » au cours des 30 derniers jours.",
    ],
    [
      { any: [{ not: { everyone: true } }, { event: "Order Completed", within: "30d" }] },
      "Personnes qui ne sauraient exister ou qui ont effectué « Order Completed » au cours des 30 derniers jours.",
    ],
    [
      {
        all: [
          { trait: "country", eq: "FR" },
          { any: [{ event: "Order Completed", within: "30d" }, { not: { trait: "country", eq: "FR" } }] },
        ],
      },
      "Personnes dont le trait country est « FR » et (qui ont effectué « Order Completed » au cours des 30 derniers jours ou dont le trait country a une valeur connue autre que « FR »).",
    ],
    [
      {
        not: {
          atLeast: 2,
          of: [
            { trait: "country", eq: "FR" },
            { event: "Order Completed", within: "30d" },
            { trait: "a", exists: true },
          ],
        },
      },
      "Personnes qui remplissent au moins 2 de ces 3 conditions : (dont le trait country a une valeur connue autre que « FR »), (qui n’ont pas effectué « Order Completed » au cours des 30 derniers jours), (dont le trait a n’est pas renseigné).",
    ],
  ])("of %j is %j", (json, sentence) => expect(inFrench(json)).toBe(withNoBreak(sentence)));
});
