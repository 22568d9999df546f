import { createHash } from "node:crypto";

/** A text that is HTML already; anything else put into `markup` is escaped. */
export interface Html {
  readonly html: string;
}

/** Builds HTML: what is put in is text, never markup, unless it is `Html` itself. */
export function markup(parts: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  return { html: parts.map((part, index) => part + htmlOf(values[index] ?? "")).join("") };
}

function htmlOf(value: string | number | Html | readonly Html[]): string {
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  return "html" in value ? value.html : value.map((part) => part.html).join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const STYLE = `
:root{color-scheme:light dark;--ink:#16202a;--soft:#52606d;--paper:#fff;--shade:#f3f6f8;--line:#d8e0e6;--link:#0b61a4}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9fb0bf;--paper:#0f151b;--shade:#18212a;--line:#2b3947;--link:#7cc0f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem;overflow-wrap:anywhere}
p{margin:.4rem 0}
a{color:var(--link)}
code,pre{font:.875em/1.5 ui-monospace,monospace;background:var(--shade);border-radius:4px}
code{padding:.1em .3em;overflow-wrap:anywhere}
pre{padding:.75rem;overflow-x:auto}
pre code{padding:0;background:none}
nav ul,.plain{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1rem}
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.25rem 1rem;margin:.5rem 0}
dt{overflow-wrap:anywhere}
dd{margin:0;color:var(--soft);overflow-wrap:anywhere}
.method{font-weight:700;text-transform:uppercase}
.soft{color:var(--soft)}
@media (max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}
`;

/** Nothing but the one style: no script, no image, no frame, no form. */
const CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A whole page that loads nothing from anywhere. */
export function page(title: string, body: Html): Response {
  const { html } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
  return new Response(html, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": CSP,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  });
}
