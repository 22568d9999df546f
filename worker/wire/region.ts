/** West of this longitude North America is nearer to its western locations. */
const AMERICA_DIVIDES_AT = -100;
/** East of this longitude Europe is nearer to its eastern locations. */
const EUROPE_DIVIDES_AT = 20;

/**
 * Where a new profile should live: near its visitor. Only the platform says where that is, never a client's header;
 * through a direct socket it says nothing and the platform chooses.
 */
export function locationHintOf(request: Request): DurableObjectLocationHint | undefined {
  const cf = request.cf as IncomingRequestCfProperties | undefined;
  const longitude = Number(cf?.longitude);
  switch (cf?.continent) {
    case "NA":
      return longitude < AMERICA_DIVIDES_AT ? "wnam" : "enam";
    case "SA":
      return "sam";
    case "EU":
      return longitude > EUROPE_DIVIDES_AT ? "eeur" : "weur";
    case "AS":
      return "apac";
    case "OC":
      return "oc";
    case "AF":
      return "afr";
    default:
      return undefined;
  }
}
