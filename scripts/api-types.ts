import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, type JSONSchema } from "json-schema-to-typescript";
import { format, resolveConfig } from "prettier";
import { apiDescription } from "./api-description.ts";
import { ROOT } from "./bundle.ts";

/**
 * `npm run api-types`: writes the types of the control plane's calls, as its own OpenAPI document says them, to where the dashboard takes them from.
 * `npm run bundle` sees when that was forgotten.
 */
export const API_TYPES_FILE = join(ROOT, "dashboard/src/api/types.ts");

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: "path" | "query" | "header";
    readonly required?: boolean;
    readonly schema: JSONSchema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema?: JSONSchema }>>;

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JSONSchema>> };
}

/** The module, in the form that `openapi-fetch` reads. */
export async function apiTypes(): Promise<string> {
  const document = await openApi();
  const schema = inFull({
    title: "Paths",
    ...shape(
      Object.entries(document.paths).map(([path, methods]) => [
        path,
        shape(Object.entries(methods).map(([method, operation]) => [method, operationOf(operation)])),
      ]),
    ),
    definitions: document.components.schemas,
  });
  const code = await compile(schema as JSONSchema, "Paths", {
    additionalProperties: false,
    bannerComment: "/** Made from the API's own description by `npm run api-types`. */",
    format: false,
    unknownAny: true,
    strictIndexSignatures: true,
    // 10,000 operands are a list, not a tuple.
    maxItems: -1,
    ignoreMinAndMaxItems: true,
  });
  // The client looks for numbers.
  const numbered = code.replaceAll(/"(\d{3})":/g, "$1:");
  return format(numbered, { ...(await resolveConfig(API_TYPES_FILE)), parser: "typescript" });
}

/** Asked of the Worker itself. */
async function openApi(): Promise<OpenApi> {
  return JSON.parse((await apiDescription())["/api/openapi.json"].body) as OpenApi;
}

function operationOf({ parameters = [], requestBody, responses }: Operation): JSONSchema {
  const of = (place: string): [string, JSONSchema, boolean][] =>
    parameters.filter((one) => one.in === place).map(({ name, schema, required }) => [name, schema, required === true]);
  const places = (["path", "query", "header"] as const).filter((place) => of(place).length > 0);
  const body = requestBody?.content["application/json"]?.schema;
  return shape([
    ["parameters", shape(places.map((place) => [place, shape(of(place)), of(place).some(([, , required]) => required)]))],
    ...(body === undefined ? [] : [["requestBody", shape([["content", shape([["application/json", body]])]])] as const]),
    ["responses", shape(Object.entries(told(responses)).map(([status, { content }]) => [status, replyOf(content)]))],
  ]);
}

/** Every refusal is a problem of the same form. */
function told(responses: Operation["responses"]): Operation["responses"] {
  const done = Object.entries(responses).filter(([status]) => status.startsWith("2"));
  const refusal = Object.entries(responses).find(([status]) => !status.startsWith("2"));
  return { ...Object.fromEntries(done), ...(refusal === undefined ? {} : { default: refusal[1] }) };
}

/** What comes back, under each media type. */
function replyOf(content: Content = {}): JSONSchema {
  const media = Object.entries(content).map(([type, { schema }]) => [type, schema ?? {}] as const);
  return shape([["content", media.length === 0 ? { type: "object", additionalProperties: false } : shape(media)]]);
}

function shape(entries: readonly (readonly [string, JSONSchema, boolean?])[]): JSONSchema {
  return {
    type: "object",
    additionalProperties: false,
    required: entries.filter(([, , required]) => required !== false).map(([name]) => name),
    properties: Object.fromEntries(entries),
  };
}

/** With references as JSON Schema writes them, and no titles: each would be a type of its own. */
function inFull(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", "#/definitions/"));
}

if (import.meta.main) {
  const code = await apiTypes();
  writeFileSync(API_TYPES_FILE, code);
  console.log(`dashboard/src/api/types.ts: ${readFileSync(API_TYPES_FILE, "utf8").split("\n").length} lines`);
}
