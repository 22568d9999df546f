/** Why a rule is refused, in French, by code: the messages of the language itself are English. */
const FRENCH: Readonly<Record<string, string>> = {
  wrong_type: "Cette valeur n’est pas du type attendu ici.",
  unknown_key: "Cet élément n’a pas sa place ici.",
  unknown_operator: "Cette comparaison n’existe pas.",
  unknown_value: "Choisissez une des valeurs possibles.",
  missing_condition: "Cette condition est vide : dites qui est visé.",
  missing_operator: "Dites à quoi la valeur est comparée.",
  missing_key: "Il manque une indication ici.",
  several_conditions: "Cette condition demande plusieurs choses à la fois : réunissez-les dans un groupe.",
  several_operators: "Une seule comparaison à la fois : réunissez plusieurs conditions dans un groupe.",
  several_aggregates: "Un seul calcul à la fois sur ces événements.",
  empty_group: "Un groupe contient au moins une condition.",
  empty_list: "La liste contient au moins une valeur.",
  list_too_long: "La liste est trop longue : importez-la comme liste.",
  bad_path: "Donnez un nom, par exemple adresse.ville ; un point du nom lui-même s’écrit \\. et une barre oblique inverse \\\\.",
  bad_event: "Donnez le nom d’un événement.",
  bad_duration: "Une durée est un nombre entier et une unité, 100 ans au plus.",
  bad_instant: "Donnez une date, 2026-01-31, ou un instant, 2026-01-31T18:00:00+01:00.",
  bad_pattern: "Ce motif n’est pas valable, ou il est trop long.",
  bad_version: "Une version compte trois nombres, 2.1.0, ou 2.1.0-beta.1 pour celle d’avant.",
  bad_cidr: "Donnez un bloc d’adresses, 10.0.0.0/8 ou 2001:db8::/32, par sa première adresse.",
  bad_time_zone: "Donnez le nom d’un fuseau horaire, par exemple Europe/Paris.",
  bad_range: "Cette valeur est hors des bornes, ou les deux bornes sont inversées.",
  bad_window: "Dites de quelle période il s’agit.",
  longer_than_retention: "Les événements ne sont pas conservés aussi longtemps.",
  too_deep: "Les conditions sont imbriquées trop profondément : 16 niveaux au plus.",
  too_many_nodes: "Une règle compte 500 conditions et groupes au plus.",
  too_many_operands: "Une règle compte 10 000 valeurs au plus : importez les grands ensembles comme listes.",
  bad_sequence: "Un parcours compte de 2 à 10 étapes, et la première n’a pas de délai.",
  unknown_audience: "Cette audience n’existe pas encore.",
  unknown_list: "Cette liste n’existe pas encore.",
  cycle: "Cette audience finit par se nommer elle-même.",
  cut_by_retention: "Les événements plus anciens que la durée de conservation ne sont pas comptés.",
};

export function frenchFault(code: string): string | undefined {
  return FRENCH[code];
}
