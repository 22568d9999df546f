import type { Config, FirstPartyData } from "./contract.ts";
import { consentOfPage } from "./platforms.ts";
import { tideline } from "./provider.ts";

/**
 * For pages whose Prebid was built without our module: the same, beside Prebid and in any order with it. Prebid lets nobody register a submodule
 * from outside, so this drives ours by what it does let: a hook before the auction, and its end. The page's configuration is
 * the same in both.
 */

/** Prebid's modules for consent hook in at 50 and wait for their platforms; Prebid itself gathers first-party data after all hooks. */
const AFTER_CONSENT = 40;

interface Request {
  ortb2?: FirstPartyData;
}

interface Auction {
  readonly adUnits: readonly { readonly code: string; adserverTargeting?: Record<string, unknown> }[];
}

interface Prebid {
  que: (() => void)[];
  readonly getConfig: (name: string) => unknown;
  readonly onEvent: (name: "auctionEnd", handle: (auction: Auction) => void) => void;
  readonly requestBids: {
    before: (hook: (next: (request: Request) => void, request: Request) => void, priority: number) => void;
  };
}

const script = document.currentScript;
// Pages may have given Prebid another name.
const name = (script instanceof HTMLScriptElement && script.dataset["pbjs"]) || "pbjs";
const page = window as unknown as Record<string, Partial<Prebid>>;
const prebid = (page[name] ??= {});
(prebid.que ??= []).push(() => install(page[name] as Prebid));

function install(pbjs: Prebid): void {
  // Built in as well: once is enough.
  if ((window as { tidelineInPrebid?: boolean }).tidelineInPrebid) return;
  pbjs.requestBids.before((next, request) => {
    const { config, auctionDelay } = settings(pbjs);
    if (!config || !tideline.init(config)) return next(request);
    const timeout = config.waitForIt ? auctionDelay : 0;
    let hasBegun = false;
    const begin = (): void => {
      if (!hasBegun) next(request);
      hasBegun = true;
    };
    setTimeout(begin, timeout);
    void ask(pbjs, request, config, timeout, begin);
  }, AFTER_CONSENT);
  pbjs.onEvent("auctionEnd", ({ adUnits }) => {
    const { config } = settings(pbjs);
    if (!config) return;
    const keyed = tideline.getTargetingData(
      adUnits.map(({ code }) => code),
      config,
    );
    for (const adUnit of adUnits) Object.assign((adUnit.adserverTargeting ??= {}), keyed[adUnit.code]);
  });
}

/** Of the time that the auction waits, the page's platforms for consent have theirs first. */
async function ask(pbjs: Prebid, request: Request, config: Config, timeout: number, begin: () => void): Promise<void> {
  const began = Date.now();
  const consent = { ...(await consentOfPage()), coppa: !!pbjs.getConfig("coppa") };
  const left = timeout - (Date.now() - began);
  if (timeout > 0 && left <= 0) return;
  const ortb2Fragments = { global: (request.ortb2 ??= {}) };
  tideline.getBidRequestData({ ortb2Fragments }, begin, config, consent, Math.max(0, left));
}

function settings(pbjs: Prebid): { readonly config: Config | undefined; readonly auctionDelay: number } {
  const { dataProviders = [], auctionDelay = 0 } = (pbjs.getConfig("realTimeData") ?? {}) as {
    readonly dataProviders?: readonly Config[];
    readonly auctionDelay?: number;
  };
  return { config: dataProviders.find((one) => one.name === tideline.name), auctionDelay };
}
