import type { Aggregate, CalendarWindow, OriginFilter, Window } from "./ast.ts";
import { NBSP, before, fullSpan, instantText, number } from "./french-numbers.ts";
import { amount, de, howMany, notAll, others, predicate, quoted } from "./french-values.ts";
import { pathText } from "./path.ts";
import type { Aside, EventWords, MatchWords, Phrases, SequenceWords } from "./phrases.ts";
import { fewNamed, joinWords, percentDigits, whetherAtAll } from "./phrasing.ts";

/** Events that have no name of their own: the article and the noun, which stands alone after "sans" and "ni". */
const CALLS: ReadonlyMap<string, { readonly article: string; readonly noun: string }> = new Map([
  ["$page", { article: "une", noun: "consultation de page" }],
  ["$screen", { article: "une", noun: "consultation d’écran" }],
  ["$identify", { article: "une", noun: "identification" }],
  ["$group", { article: "un", noun: "rattachement à un groupe" }],
  ["$alias", { article: "un", noun: "changement d’identifiant" }],
  ["$impression", { article: "un", noun: "affichage de publicité" }],
  ["$click", { article: "un", noun: "clic sur une publicité" }],
  ["$conversion", { article: "une", noun: "conversion" }],
  ["$list", { article: "un", noun: "changement de liste" }],
  ["$computed", { article: "un", noun: "calcul de trait" }],
  ["$household", { article: "une", noun: "nouvelle du foyer" }],
]);

/** Every clause about people is of the plural "personnes", so that the same one fits the members of a household. */
export const FRENCH: Phrases = {
  sentence: (clause) => `Personnes ${clause}.`,
  everyone: "Tout le monde.",
  noOne: "Aucune personne.",
  anyone: "quelles qu’elles soient",
  nobody: "qui ne sauraient exister",
  all: (clauses) => joinWords(clauses, "et"),
  any: (clauses) => joinWords(clauses, "ou"),
  atLeast: (least, clauses) =>
    `qui remplissent au moins ${least} de ces ${clauses.length} conditions${NBSP}: ${clauses.map((clause) => `(${clause})`).join(", ")}`,
  trait: (path, test, denied, aside) => `dont le trait ${path} ${predicate(test, denied, aside)}`,
  events,
  sequence,
  audience,
  list: (key, denied) => `${denied ? "qui ne figurent pas" : "qui figurent"} sur la liste ${quoted(key)}`,
  bucket: ({ salt, from, to }, denied) =>
    `qui se trouvent ${denied ? "hors de" : "dans"} la part de ${percent(from)} à ${percent(to)} de la répartition ${quoted(salt)}`,
  household: (clause) => `dont le foyer, pris comme une seule personne, fait partie des personnes ${clause}`,
  parts: {
    all: "qui remplissent toutes ces conditions",
    any: "qui remplissent au moins une de ces conditions",
    none: "qui ne remplissent aucune de ces conditions",
    not: "qui ne remplissent pas cette condition",
    atLeast: (least, of) => `qui remplissent au moins ${least} de ces ${of} conditions`,
    household: "dont le foyer remplit ce qui lui est demandé",
    unavailable: "qui sont dans une audience absente ou impossible à évaluer",
  },
  allOf: (filters) => joinWords(filters, "et"),
  anyOf: (filters) => joinWords(filters, "ou"),
  property: (path, test, denied, aside) => `le champ ${path} ${predicate(test, denied, aside)}`,
  origin,
};

function origin(kind: OriginFilter["kind"], is: string, denied: boolean): string {
  if (kind === "party") return `les données ${denied ? "ne sont pas" : "sont"} «${NBSP}${is} party${NBSP}»`;
  return `${kind === "source" ? "la source" : "le canal"} ${denied ? "n’est pas" : "est"} ${quoted(is)}`;
}

/** Not to have been in it all the time is to have been outside it at some. */
function audience(key: string, forMs: number | undefined, denied: boolean): string {
  if (forMs === undefined) return `${denied ? "qui ne sont pas" : "qui sont"} dans l’audience ${quoted(key)}`;
  return denied
    ? `qui ont été hors de l’audience ${quoted(key)} à un moment au moins ${before(forMs)}`
    : `qui sont dans l’audience ${quoted(key)} sans interruption depuis ${fullSpan(forMs)}`;
}

function sequence({ steps, window, without, sameSession }: SequenceWords, denied: boolean): string {
  const said = steps.map((step, index) => {
    const soon = step.withinMs === undefined ? "" : ` au plus tard ${fullSpan(step.withinMs)} après`;
    return index === 0 ? matched(step) : `puis ${matched(step)}${soon}`;
  });
  const bounded = [
    ...(sameSession ? ["en une seule session"] : []),
    ...(window.kind === "retained" ? [] : [period(window).trim()]),
  ];
  const together = bounded.length > 0 ? `, le tout ${joinWords(bounded, "et")}` : "";
  const between = without ? `, sans ${absent(without)}${filtered(without)} entre-temps` : "";
  return `${denied ? "qui n’ont pas suivi" : "qui ont suivi"} la séquence ${said.join(", ")}${together}${between}`;
}

function events({ names, where, window, aggregate, aside }: EventWords, denied: boolean): string {
  const match = { names, where };
  const when = period(window);
  switch (aggregate.kind) {
    case "count": {
      const happened = whetherAtAll(aggregate.compare);
      if (happened === undefined)
        return `qui ont effectué ${matched(match)} ${howMany(aggregate.compare, denied, "fois", "fois")}${when}`;
      return happened !== denied ? `qui ont effectué ${matched(match)}${when}` : `qui ${notDone(match)}${filtered(match)}${when}`;
    }
    case "days":
      return `qui ont effectué ${matched(match)} sur ${howMany(aggregate.compare, denied, "jour différent", "jours différents")}${when}`;
    default:
      return `dont ${aggregated(aggregate, `pour ${matched(match)}${when}`, denied, aside)}`;
  }
}

/** @param which the events in words, with their period */
function aggregated(
  aggregate: Exclude<Aggregate, { readonly kind: "count" | "days" }>,
  which: string,
  denied: boolean,
  aside: Aside,
): string {
  const subject = `${AGGREGATE[aggregate.kind]} du champ ${pathText(aggregate.of)} ${which}`;
  switch (aggregate.kind) {
    case "first":
    case "last":
      return `${subject} ${predicate(aggregate.test, denied, aside)}`;
    case "sum":
    case "distinct":
      return `${subject} ${amount(aggregate.compare, denied) ?? `n’est pas ${notAll(aggregate.compare)}`}`;
    case "avg":
    case "min":
    case "max":
      return `${subject} ${amount(aggregate.compare, denied) ?? `est connue et n’est pas ${notAll(aggregate.compare)}`}`;
  }
}

/** What may be unknown is feminine in all of these. */
const AGGREGATE = {
  sum: "le total",
  distinct: "le nombre de valeurs différentes",
  avg: "la moyenne",
  min: "la plus petite valeur",
  max: "la plus grande valeur",
  first: "la première valeur",
  last: "la dernière valeur",
} as const;

function matched(match: MatchWords): string {
  return `${happening(match.names)}${filtered(match)}`;
}

function filtered({ where }: MatchWords): string {
  return where === undefined ? "" : ` (${where})`;
}

function happening(names: MatchWords["names"]): string {
  if (names === "*") return "un événement quelconque";
  return joinWords(
    namesOf(names, ({ article, noun }) => `${article} ${noun}`),
    "ou",
  );
}

/** What is not there, after "sans". */
function absent({ names }: MatchWords): string {
  if (names === "*") return "aucun événement";
  return joinWords(
    namesOf(names, ({ noun }) => noun),
    "ni",
  );
}

function notDone({ names }: MatchWords): string {
  if (names === "*") return "n’ont effectué aucun événement";
  if (names.length === 1) return `n’ont pas effectué ${namesOf(names, ({ noun }) => de(noun)).join("")}`;
  return `n’ont effectué ni ${namesOf(names, ({ noun }) => noun).join(" ni ")}`;
}

function namesOf(names: readonly string[], call: (words: { article: string; noun: string }) => string): readonly string[] {
  const { named, rest } = fewNamed(names);
  const texts = named.map((name) => {
    const words = CALLS.get(name);
    return words ? call(words) : quoted(name);
  });
  return rest > 0 ? [...texts, others(rest, "événement")] : texts;
}

function period(window: Window): string {
  switch (window.kind) {
    case "retained":
      return "";
    case "sliding":
      return ` au cours ${before(window.ms)}`;
    case "offset":
      return ` il y a entre ${fullSpan(window.toMs)} et ${fullSpan(window.fromMs)}`;
    case "calendar":
      return ` ${calendarPeriod(window)}${window.zoneNamed ? ` (fuseau horaire ${window.zone})` : ""}`;
    case "session":
      return " pendant la session en cours";
    case "absolute": {
      const from = window.after ? ` à partir du ${instantText(window.after.text)}` : "";
      if (!window.before) return from;
      return `${from}${from === "" ? "" : " et"} avant le ${instantText(window.before.text)}`;
    }
  }
}

/** How each unit of the calendar is said: now, the one before, several before, the last full one and several. */
const CALENDAR = {
  day: {
    current: "aujourd’hui",
    previous: "hier",
    before: (count: string) => `au cours des ${count} jours précédents`,
    full: "hier",
    fulls: (count: string) => `au cours des ${count} derniers jours complets`,
  },
  week: {
    current: "cette semaine",
    previous: "la semaine précédente",
    before: (count: string) => `au cours des ${count} semaines précédentes`,
    full: "au cours de la dernière semaine complète",
    fulls: (count: string) => `au cours des ${count} dernières semaines complètes`,
  },
  month: {
    current: "ce mois-ci",
    previous: "le mois précédent",
    before: (count: string) => `au cours des ${count} mois précédents`,
    full: "au cours du dernier mois complet",
    fulls: (count: string) => `au cours des ${count} derniers mois complets`,
  },
  year: {
    current: "cette année",
    previous: "l’année précédente",
    before: (count: string) => `au cours des ${count} années précédentes`,
    full: "au cours de la dernière année complète",
    fulls: (count: string) => `au cours des ${count} dernières années complètes`,
  },
} as const;

function calendarPeriod({ unit, last, complete }: CalendarWindow): string {
  const words = CALENDAR[unit];
  if (complete) return last === 1 ? words.full : words.fulls(number(last));
  if (last === 1) return words.current;
  return `${words.current} ou ${last === 2 ? words.previous : words.before(number(last - 1))}`;
}

function percent(share: number): string {
  return `${percentDigits(share).replace(".", ",")}${NBSP}%`;
}
