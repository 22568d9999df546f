import type { Data, Submodule } from "./contract.ts";
import { questionUrl } from "./question.ts";

/** IAB Audience Taxonomy 1.1, as OpenRTB numbers it and as GPT names it: the one that publisher provided signals take of people. */
const AUDIENCE_TAXONOMY = 4;
const GPT_TAXONOMY = "IAB_AUDIENCE_1_1";

interface Gpt {
  readonly cmd: (() => void)[];
  readonly setConfig?: (config: object) => void;
}

/** What was told for the latest auction. */
let told: readonly Data[] = [];

/** The submodule `tideline` of Prebid's module for real-time data: what the page's visitor is in goes to bidders and to GPT. */
export const tideline: Submodule = {
  name: "tideline",

  init: ({ params }) => !!params?.host && !!params.key,

  getBidRequestData({ ortb2Fragments: { global } }, done, { params }, consent, timeout) {
    if (!params) return done();
    void ask(questionUrl(params, consent, timeout), timeout)
      .then((data) => {
        told = data;
        if (!data[0]) return undefined;
        // An auction that does not wait has begun by now: only GPT and its keys are told then. Prebid guards what is written, member by member.
        if (timeout > 0 && global.user) global.user.data = [...(global.user.data ?? []), ...data];
        else if (timeout > 0) global.user = { data };
        return params.pps === false ? undefined : tellGpt();
      })
      .finally(done);
  },

  getTargetingData(adUnitCodes, { params }) {
    const values = idsOf(undefined);
    if (params?.targeting === false || !values[0]) return {};
    const keyed = { [params?.targeting ?? "seg"]: values };
    return Object.fromEntries(adUnitCodes.map((code) => [code, keyed]));
  },
};

/** What Tideline tells; nothing where it does not in time, for what comes after the auction's time must not change it half-way. */
async function ask(url: string, timeout: number): Promise<readonly Data[]> {
  const leave = new AbortController();
  const timer = timeout > 0 ? setTimeout(() => leave.abort(), timeout) : undefined;
  try {
    const response = await fetch(url, { credentials: "include", signal: leave.signal });
    return ((await response.json()) as { readonly user: { readonly data: readonly Data[] } }).user.data;
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** @param segtax undefined for our own codes */
function idsOf(segtax: number | undefined): string[] {
  return told.filter(({ ext }) => ext?.segtax === segtax).flatMap(({ segment }) => segment.map(({ id }) => id));
}

/** Publisher provided signals: places in a taxonomy, whatever the page's keys are called. */
function tellGpt(): void {
  const values = idsOf(AUDIENCE_TAXONOMY);
  if (!values[0]) return;
  const page = window as unknown as { googletag?: Gpt };
  (page.googletag ??= { cmd: [] }).cmd.push(() =>
    page.googletag?.setConfig?.({ pps: { taxonomies: { [GPT_TAXONOMY]: { values } } } }),
  );
}
