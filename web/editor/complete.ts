// Knows: what may stand at a place of a scenario's text, by the schema that the package ships.
// Must not know: the editor, what a key does.

export interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly then?: Schema;
}

export interface Offer {
  readonly label: string;
  readonly detail: string;
  /** A key, to be followed by its value. */
  readonly isKey: boolean;
}

/** A schema and all that it is made of. */
function partsOf(schema: Schema | undefined): Schema[] {
  if (schema === undefined) return [];
  const { anyOf = [], allOf = [], then } = schema;
  return [schema, ...[...anyOf, ...allOf, ...(then === undefined ? [] : [then])].flatMap(partsOf)];
}

/** Of several kinds of actors: those that the group's own `kind` allows. */
function fits(schema: Schema, kind: string | undefined): boolean {
  const own = schema.properties?.["kind"];
  if (kind === undefined || own === undefined) return true;
  const allowed = [...(own.enum ?? []), ...(own.const === undefined ? [] : [own.const])];
  return allowed.length === 0 || allowed.includes(kind);
}

function childrenOf(schemas: readonly Schema[], key: string, kind?: string): Schema[] {
  const of = (schema: Schema) =>
    key === "-" ? schema.items : fits(schema, kind) ? schema.properties?.[key] : undefined;
  return schemas.flatMap((schema) => partsOf(of(schema)));
}

/** What may stand below a path of keys ("-": an item of a list). @param kind of the group that the last key is in */
export function offersAt(root: Schema, path: readonly string[], kind?: string): Offer[] {
  let schemas = partsOf(root);
  for (const [nth, key] of path.entries())
    schemas = childrenOf(schemas, key, nth === path.length - 1 ? kind : undefined);
  const offers = new Map<string, Offer>();
  for (const schema of schemas) {
    if (!fits(schema, kind)) continue;
    for (const [label, { description = "" }] of Object.entries(schema.properties ?? {}))
      offers.set(label, { label, detail: description, isKey: true });
    for (const value of [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])])
      offers.set(String(value), { label: String(value), detail: schema.description ?? "", isKey: false });
  }
  return [...offers.values()];
}

export interface Spot {
  readonly path: readonly string[];
  /** `kind:` of the group that the spot is in. */
  readonly kind?: string | undefined;
}

/** Where a place in the text lies: block style by indentation, and groups in braces on one line. */
export function spotOf(text: string): Spot {
  const lines = text.split("\n");
  const last = lines.at(-1) ?? "";
  const path: string[] = [];
  const flow = /\{([^{}]*)$/.exec(last);
  const head = flow === null ? last : last.slice(0, flow.index);
  const value = /(?:^|[\s,{-])([\w-]+):\s+[^\s,{}]*$/.exec(flow === null ? last : (flow[1] ?? ""));
  if (value?.[1] !== undefined) path.unshift(value[1]);
  let kind = /kind:\s*([\w-]+)/.exec(flow?.[1] ?? "")?.[1];
  if (flow !== null) {
    const key = /([\w-]+):\s*$/.exec(head)?.[1];
    if (key !== undefined) path.unshift(key);
  }
  let indent = /^[\s]*(?:- *)?/.exec(last)?.[0].length ?? 0;
  if (/^\s*-/.test(last)) {
    path.unshift("-");
    indent = /^\s*/.exec(last)?.[0].length ?? 0;
  }
  for (const line of lines.slice(0, -1).reverse()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, space = "", dash = "", key] = /^(\s*)(- *)?([\w-]+):/.exec(line) ?? [];
    const own = space.length + dash.length;
    if (flow === null && own === indent) kind ??= /kind:\s*([\w-]+)/.exec(line)?.[1];
    if (dash !== "" && own === indent) {
      path.unshift("-");
      indent = space.length;
    } else if (key !== undefined && (own < indent || (path[0] === "-" && own <= indent))) {
      path.unshift(key);
      indent = own;
    }
    if (indent === 0 && path[0] !== "-") break;
  }
  return { path, kind };
}
