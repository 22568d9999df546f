import type { OpenApiDocument } from "./openapi.ts";
import { markup, page, type Html } from "./page.ts";
import { shapeOf, type Schema } from "./reference-shape.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly id: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly body: Schema | undefined;
  readonly replies: readonly { readonly status: string; readonly description: string; readonly schema: Schema | undefined }[];
}

/** The OpenAPI document as a page for people, without a script: what it shows is what the routes declare. */
export function referencePage(document: OpenApiDocument): Response {
  const operations = operationsOf(document);
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  return page(
    "Tideline: API reference",
    markup`<h1>API reference</h1>
<p class="soft">Version ${document.info.version}. ${prose(document.info.description ?? "")}</p>
<p>Every call bears a secret key: <code>Authorization: Bearer sk_...</code>. The same as <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
<nav aria-label="Sections"><ul>${tags.map((tag) => markup`<li><a href="#${anchor(tag)}">${tag}</a></li>`)}</ul></nav>
${tags.map((tag) => chapter(tag, operations, schemas))}`,
  );
}

function chapter(tag: string, operations: readonly Operation[], schemas: Readonly<Record<string, Schema>>): Html {
  const sections = operations.filter((operation) => operation.tag === tag).map((operation) => section(operation, schemas));
  return markup`<h2 id="${anchor(tag)}">${tag}</h2>
${sections}`;
}

function section(operation: Operation, schemas: Readonly<Record<string, Schema>>): Html {
  const { method, path, summary, description, id, parameters, body, replies } = operation;
  const shape = (title: string, schema: Schema): Html =>
    markup`<p>${title}</p><pre tabindex="0"><code>${shapeOf(schema, schemas)}</code></pre>
`;
  return markup`<section aria-labelledby="${id}">
<h3 id="${id}"><code><span class="method">${method}</span> ${path}</code> ${summary}</h3>
<p>${prose(description)}</p>
${parameters.length === 0 ? "" : list(parameters.map((parameter) => [parameter.name, aboutParameter(parameter)]))}
${body === undefined ? "" : shape("Body", body)}
${replies.flatMap(({ status, schema }) => (schema === undefined || !status.startsWith("2") ? [] : shape("Reply", schema)))}
${list(replies.map((reply) => [reply.status, reply.description]))}
</section>
`;
}

function list(entries: readonly (readonly [string, string])[]): Html {
  return markup`<dl>${entries.map(([term, about]) => markup`<dt>${term}</dt><dd>${prose(about)}</dd>`)}</dl>`;
}

function aboutParameter({ in: place, required, schema }: Operation["parameters"][number]): string {
  return `${place}${required === true ? ", needed" : ""}. ${schema?.description ?? ""}`;
}

const METHODS = ["get", "put", "post", "delete"] as const;

function operationsOf(document: OpenApiDocument): readonly Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      return {
        method,
        path,
        tag: operation.tags?.[0] ?? "Other",
        summary: operation.summary ?? "",
        description: operation.description ?? "",
        id: operation.operationId ?? `${method}${path}`,
        parameters: (operation.parameters ?? []) as Operation["parameters"],
        body: jsonSchemaOf(operation.requestBody),
        replies: Object.entries(operation.responses ?? {}).map(([status, reply]) => ({
          status,
          description: String(reply.description ?? ""),
          schema: jsonSchemaOf(reply),
        })),
      };
    }),
  );
}

function jsonSchemaOf(holder: unknown): Schema | undefined {
  const { content } = (holder ?? {}) as { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  return content?.["application/json"]?.schema;
}

function anchor(tag: string): string {
  return tag.toLowerCase().replaceAll(/[^a-z]+/g, "-");
}

/** A text of ours, in which backticks mark code. */
function prose(text: string): readonly Html[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`));
}
