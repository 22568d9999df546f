import { VERSION } from "../wire/version.ts";
import { markup, page } from "./page.ts";

/** `/`: what runs here, and where to read on. */
export function homePage(): Response {
  return page(
    "Tideline",
    markup`<h1>Tideline</h1>
<p>A real-time audience platform. This is version ${VERSION}, and it is running.</p>
<ul class="plain">
<li><a href="/api/reference">API reference</a></li>
<li><a href="/api/openapi.json">OpenAPI document</a></li>
<li><a href="/healthz">Health</a></li>
</ul>`,
  );
}
