/** What the reference reads of a JSON Schema, as zod writes it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly default?: unknown;
  readonly description?: string;
}

/** A schema as people write shapes down: `{ name: string, tags?: string[] = [] }`, one member a line. */
export function shapeOf(schema: Schema, named: Readonly<Record<string, Schema>>, indent = ""): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/components/schemas/", "");
    const target = named[name];
    return target?.properties === undefined ? name : shapeOf(target, named, indent);
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const either = schema.anyOf ?? schema.allOf;
  if (either !== undefined)
    return either.map((part) => shapeOf(part, named, indent)).join(schema.anyOf === undefined ? " & " : " | ");
  if (schema.items !== undefined) {
    const items = shapeOf(schema.items, named, indent);
    return items.includes(" | ") && !items.startsWith("{") ? `(${items})[]` : `${items}[]`;
  }
  if (schema.properties !== undefined) return objectShape(schema, named, indent);
  return typeof schema.type === "object" ? schema.type.join(" | ") : (schema.type ?? "any");
}

function objectShape(schema: Schema, named: Readonly<Record<string, Schema>>, indent: string): string {
  const required = new Set(schema.required);
  const inner = `${indent}  `;
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const byDefault = member.default === undefined ? "" : ` = ${JSON.stringify(member.default)}`;
    return `${inner}${name}${required.has(name) ? "" : "?"}: ${shapeOf(member, named, inner)}${byDefault}`;
  });
  return `{\n${members.join("\n")}\n${indent}}`;
}
