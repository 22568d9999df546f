import type { Membership } from "../../core/model/envelope.ts";
import type { SourceCall } from "../auth/guard.ts";
import { findSource } from "../auth/guard.ts";
import { decidePublicly, type PublicPlacement, type Visitor } from "../decide/public.ts";
import { visitorOf } from "../decide/visitor.ts";
import { logFault } from "../wire/log.ts";
import { locationHintOf } from "../wire/region.ts";
import { htmlOf, seenBy } from "./html.ts";
import { consentOfPage } from "./page-consent.ts";

/**
 * Proxy mode: the Worker in front of somebody's site. Its HTML is passed on as it streams in, with what fills its placements in it: there is nothing to flicker.
 * Whatever fails, the page's own content stands (docs/decisions/112).
 */
export interface ProxiedSite {
  /** Where the site is, as `https://origin.example`. */
  readonly origin: string;
  /** Of the source that its visitors belong to. */
  readonly writeKey: string;
}

/** A page waits for all that fills it, after it has come to the first of it, ms. */
const TIMEOUT_MS = 150;

/** Cookies that are ours alone. */
const OURS = /(?:^|;)\s*tl_(?:id|m|c)=[^;]*/g;
/** Of a page that is somebody's own: what would let another be given it, or the same one again. */
const NOT_PERSONAL = ["etag", "last-modified", "expires", "age", "surrogate-control", "cdn-cache-control", "content-length"];

let sitesIn = "";
let sites: Readonly<Record<string, ProxiedSite>> = {};

/** The site that is served under a name. @param proxies JSON: a `ProxiedSite` by hostname */
export function proxiedSite(proxies: string, hostname: string): ProxiedSite | undefined {
  if (proxies !== sitesIn) {
    sites = JSON.parse(proxies) as typeof sites;
    sitesIn = proxies;
  }
  return Object.hasOwn(sites, hostname) ? sites[hostname] : undefined;
}

/** Answers a call for a site with what its origin answers. */
export async function proxyRoute(request: Request, env: Env, ctx: ExecutionContext, site: ProxiedSite): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const isPage = request.method === "GET" && request.headers.get("accept")?.includes("text/html") === true;
  const response = await fetch(`${site.origin}${pathname}${search}`, forOrigin(request, isPage)).catch((error: unknown) => {
    logFault("proxy", error);
  });
  if (response === undefined) return new Response("The site cannot be reached.\n", { status: 502, headers: NO_STORE });
  const isHtml = /^(?:text\/html|application\/xhtml\+xml)\b/i.test(response.headers.get("content-type") ?? "");
  if (!isPage || !isHtml || response.body === null) return response;
  return personalised(response, new Filler(request, env, ctx, site.writeKey));
}

const NO_STORE = { "cache-control": "no-store" };

/** As the browser said it, but that a page is asked for whole: half of one, or that it has not changed, would be said of another's. */
function forOrigin(request: Request, isPage: boolean): RequestInit {
  const headers = new Headers(request.headers);
  const cookies = (headers.get("cookie") ?? "").replace(OURS, "").replace(/^;\s*/, "");
  if (cookies === "") headers.delete("cookie");
  else headers.set("cookie", cookies);
  if (isPage) for (const name of ["if-none-match", "if-modified-since", "range", "if-range"]) headers.delete(name);
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  return { method: request.method, headers, redirect: "manual", ...(hasBody ? { body: request.body } : {}) };
}

/** Headers leave before it is known whether there is a placement in it: so no page may be kept where others are served from. */
function personalised(response: Response, filler: Filler): Response {
  const headers = new Headers(response.headers);
  for (const name of NOT_PERSONAL) headers.delete(name);
  headers.set("cache-control", "private, no-store");
  const page = new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  return new HTMLRewriter()
    .on("[data-tl-placement]", { element: (element) => filler.fill(element) })
    .on("esi\\:include[src]", { element: (element) => filler.include(element) })
    .transform(page);
}

/** Decides what is on a page as the page comes to it, each placement once. */
class Filler {
  readonly #request: Request;
  readonly #env: Env;
  readonly #ctx: ExecutionContext;
  readonly #writeKey: string;
  readonly #decided = new Map<string, Promise<PublicPlacement | undefined>>();
  #call: Promise<readonly [SourceCall, Visitor] | undefined> | undefined;
  #deadline = 0;
  /** What the first decision found: the next need not ask for it. */
  #membership: Membership | undefined;

  constructor(request: Request, env: Env, ctx: ExecutionContext, writeKey: string) {
    this.#request = request;
    this.#env = env;
    this.#ctx = ctx;
    this.#writeKey = writeKey;
  }

  async fill(element: Element): Promise<void> {
    const key = element.getAttribute("data-tl-placement") ?? "";
    const placement = await this.#placement(key);
    const html = placement && htmlOf(placement);
    // What is told of the holdout's view, too.
    if (placement !== undefined && html === undefined && placement.impressionUrl !== undefined && placement.holdout)
      element.append(seenBy(placement), { html: true });
    if (placement === undefined || html === undefined) return;
    element.setInnerContent(html + seenBy(placement), { html: true });
    // Under another name, so that the tag does not fill it once more.
    element.removeAttribute("data-tl-placement");
    element.setAttribute("data-tl-filled", key);
  }

  /** Beside it, not in its place: of one that is never closed the place is the rest of the page. */
  async include(element: Element): Promise<void> {
    const [, key] = /\/v1\/fragment\/([\w-]+)/.exec(element.getAttribute("src") ?? "") ?? [];
    const placement = key === undefined ? undefined : await this.#placement(key);
    const html = placement && htmlOf(placement);
    if (placement !== undefined && html !== undefined) element.before(html + seenBy(placement), { html: true });
  }

  #placement(key: string): Promise<PublicPlacement | undefined> {
    if (this.#deadline === 0) this.#deadline = Date.now() + TIMEOUT_MS;
    const held = this.#decided.get(key);
    if (held !== undefined) return held;
    const placement = this.#decide(key).catch((error: unknown) => {
      logFault("proxy", error);
      return undefined;
    });
    this.#decided.set(key, placement);
    return placement;
  }

  async #decide(key: string): Promise<PublicPlacement | undefined> {
    this.#call ??= this.#begin();
    const begun = await this.#call;
    const timeoutMs = this.#deadline - Date.now();
    if (begun === undefined || timeoutMs <= 0) return undefined;
    const [{ env, workspace, request }, visitor] = begun;
    const consent = await consentOfPage(request, workspace.gvlId);
    const known: Visitor = this.#membership === undefined ? visitor : { ...visitor, membership: () => this.#membership };
    const decided = await decidePublicly(
      env,
      workspace,
      known,
      { placements: [key], consent, timeoutMs },
      locationHintOf(request),
    );
    if (!decided.ok) return undefined;
    this.#membership ??= decided.value.membership;
    const placement = decided.value.placements[key];
    return placement?.reason === "ERROR" ? undefined : placement;
  }

  /** Whose page it is: nobody's, where the key is none. */
  async #begin(): Promise<readonly [SourceCall, Visitor] | undefined> {
    const found = await findSource(this.#env, this.#ctx, this.#writeKey);
    if (found === undefined) return undefined;
    const said = { request: this.#request, env: this.#env, ctx: this.#ctx, body: null, bodyText: "", bodySize: 0 };
    const call: SourceCall = { ...said, ...found, writeKey: this.#writeKey, began: Date.now() };
    return [call, await visitorOf(call)];
  }
}
