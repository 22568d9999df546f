import { pinnedElement } from "../tag/route.ts";
import { VERSION } from "../wire/version.ts";
import { markup, page } from "./page.ts";

/** `/`: what runs here, and where to read on. @param isDemo whether there is a demo shop to show */
export function homePage(request: Request, isDemo: boolean): Response {
  const { origin } = new URL(request.url);
  return page(
    "Tideline",
    markup`<h1>Tideline</h1>
<p>A real-time audience platform. This is version ${VERSION}, and it is running.</p>
<dl>
<dt>Collect</dt><dd><code>POST /v1/batch</code>, <code>track</code>, <code>identify</code>, <code>page</code>, <code>screen</code>, <code>group</code>, <code>alias</code>, with a source's write key</dd>
<dt>Decide</dt><dd><code>POST /v1/decide</code>, <code>POST /v1/decide/batch</code>, with a secret key</dd>
<dt>Manage</dt><dd><code>/api/*</code>: sources, audiences, publishing, people, with a secret key</dd>
</dl>
<h2>Tag</h2>
<p>For every page, always the newest:</p>
<pre><code>${`<script async src="${origin}/tag.js" data-key="WRITE_KEY"></script>`}</code></pre>
<p>or this version, pinned by its integrity:</p>
<pre><code>${pinnedElement(origin, "WRITE_KEY")}</code></pre>
<ul class="plain">
${isDemo ? markup`<li><a href="/demo">Demo shop</a></li>` : ""}
<li><a href="/api/reference">API reference</a></li>
<li><a href="/api/openapi.json">OpenAPI document</a></li>
<li><a href="/healthz">Health</a></li>
</ul>`,
  );
}
