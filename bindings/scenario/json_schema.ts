// Knows: the tables of a scenario as a JSON Schema, for editors that complete and check YAML.
// Must not know: any key of its own; limits that need a device (settle checks them).

import { KERNEL_IDS, presetNames } from "../device/index.js";
import { EFFORTS, policyNames, WINDOW_RULES } from "../policy/index.js";
import type { ACTOR_KEYS } from "./actors.js";
import { deviceFields, deviceLists, vmFields } from "./device.js";
import {
  type FieldRow,
  type FieldTable,
  policyFields,
  pressureFields,
  recordFields,
  scenarioFields,
  sectionDocs,
  varyFields,
} from "./fields.js";
import { kindNames, kinds, type ParameterRow, parametersOf } from "./kinds/index.js";
import type { Role } from "./kinds/kind.js";
import { AS_POLICY, EXAMPLES, SPREADS } from "./quantity.js";
import { costNames } from "./settle.js";

type Json = Readonly<Record<string, unknown>>;

const NUMBER = "[+]?[0-9][0-9_]*(\\.[0-9]+)?";
const TIME = `^${NUMBER} ?(ns|us|ms|s|min|h)$`;

/** What a value of each dimension may look like. */
const SHAPES: Readonly<Record<FieldRow["type"], Json>> = {
  size: { anyOf: [{ const: 0 }, { type: "string", pattern: `^${NUMBER} ?([KMGT]iB|B|pages?|%)$` }] },
  bytes: { anyOf: [{ const: 0 }, { type: "string", pattern: `^${NUMBER} ?([KMGT]iB|B)$` }] },
  time: { anyOf: [{ const: 0 }, { type: "string", pattern: TIME }] },
  interval: {
    anyOf: [
      { const: 0 },
      { type: "string", pattern: TIME },
      { type: "string", pattern: `^${NUMBER} ?/ ?(ns|us|ms|s|min|h)$` },
    ],
  },
  share: {
    anyOf: [
      { type: "number", minimum: 0, maximum: 1 },
      { type: "string", pattern: `^${NUMBER} ?%$` },
    ],
  },
  count: { type: "integer" },
  order: { type: "integer" },
  spread: { enum: SPREADS },
  flag: { type: "boolean" },
  retries: { anyOf: [{ const: AS_POLICY }, { type: "integer", minimum: 0, maximum: 1000 }] },
  effort: { enum: [AS_POLICY, ...EFFORTS] },
  window: { enum: [AS_POLICY, ...WINDOW_RULES] },
  text: { type: "string", minLength: 1 },
  word: { type: "string" },
  words: { type: "array" },
};

function examples(type: FieldRow["type"]): string {
  const text = (EXAMPLES as Readonly<Record<string, string | undefined>>)[type];
  return text === undefined ? "" : ` Written as ${text}.`;
}

function field(row: FieldRow): Json {
  const limits = {
    ...(row.min === undefined || row.type !== "count" ? {} : { minimum: row.min }),
    ...(row.max === undefined || row.type !== "count" ? {} : { maximum: row.max }),
  };
  const words =
    row.type === "word" ? { enum: row.words } : row.type === "words" ? { items: { enum: row.words } } : {};
  const fallback = row.default === undefined ? {} : { default: row.default };
  return {
    description: `${row.doc}.${examples(row.type)}`,
    ...SHAPES[row.type],
    ...limits,
    ...words,
    ...fallback,
  };
}

function parameter(row: ParameterRow): Json {
  const { dimension: type, doc, min, max } = row;
  const limit = (value: unknown) => (typeof value === "number" ? value : undefined);
  const [low, high] = [limit(min), limit(max)];
  return field({
    type,
    doc,
    ...(row.default === undefined ? {} : { default: row.default }),
    ...(low === undefined ? {} : { min: low }),
    ...(high === undefined ? {} : { max: high }),
  });
}

function fields(table: FieldTable): Record<string, Json> {
  return Object.fromEntries(Object.entries(table).map(([key, row]) => [key, field(row)]));
}

function group(properties: Json, required: readonly string[] = [], description?: string): Json {
  return {
    ...(description === undefined ? {} : { description }),
    type: "object",
    additionalProperties: false,
    properties,
    ...(required.length === 0 ? {} : { required }),
  };
}

function actor(name: (typeof kindNames)[number]): Json {
  const { doc, area } = kinds[name];
  const own: Record<(typeof ACTOR_KEYS)[number], Json | undefined> = {
    kind: { const: name },
    name: { type: "string", minLength: 1, description: "name in reports; unique" },
    cpu: { anyOf: [{ type: "integer", minimum: 0 }, { const: "any" }], description: "CPU that it runs on" },
    area: area === "none" ? undefined : { type: "string", description: "CMA area, by name" },
  };
  const known = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const parameters = [...parametersOf(name)].map(([key, row]) => [key, parameter(row)] as const);
  const required = ["kind", ...(area === "required" ? ["area"] : [])];
  return group({ ...known, ...Object.fromEntries(parameters) }, required, doc);
}

function actors(role: Role): Json {
  const names = kindNames.filter((name) => kinds[name].role === role);
  // A schema chosen by the kind: an editor then complains about the key that is wrong, not about all kinds.
  const choices = names.map((name) => ({
    if: { properties: { kind: { const: name } } },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: actor(name),
  }));
  const item = { type: "object", required: ["kind"], properties: { kind: { enum: names } }, allOf: choices };
  return { description: `${sectionDocs[`${role}s`]}.`, type: "array", items: item };
}

function device(): Json {
  const range = group(
    fields({ start: { type: "bytes", doc: "first" }, end: { type: "bytes", doc: "behind" } }),
  );
  const lists = Object.entries(deviceLists).map(([key, { fields: table }]) => {
    const within = "from" in table ? { within: range } : {};
    return [key, { type: "array", items: group({ ...fields(table), ...within }) }] as const;
  });
  const keys = { ...fields(deviceFields), ...Object.fromEntries(lists), vm: group(fields(vmFields)) };
  return { description: `${sectionDocs.device}.`, anyOf: [{ enum: presetNames }, CAPTURED, group(keys)] };
}

/** A device in the state of a real one. */
const CAPTURED: Json = {
  type: "string",
  description:
    "a file beside the scenario, or a folder: what pageblock snapshot wrote, or the files of one moment",
};

/** The schema of a scenario file. */
export function scenarioSchema(): Json {
  const policy = { anyOf: [{ enum: policyNames }, group(fields(policyFields))] };
  const costs = Object.fromEntries(costNames.map((name) => [name, SHAPES.time]));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A scenario of pageblock",
    description: `Kernel rules: ${KERNEL_IDS.join(", ")}.`,
    ...group(
      {
        ...fields(scenarioFields),
        device: device(),
        policy: {
          description: `${sectionDocs.policy}.`,
          anyOf: [...policy.anyOf, { type: "array", minItems: 1, items: policy }],
        },
        pressure: group(fields(pressureFields), [], `${sectionDocs.pressure}.`),
        costs: group(costs, [], `${sectionDocs.costs}.`),
        vary: {
          description: `${sectionDocs.vary}.`,
          type: "object",
          additionalProperties: { anyOf: [SHAPES.text, group(fields(varyFields), ["range"])] },
        },
        record: group(fields(recordFields), [], `${sectionDocs.record}.`),
        workloads: actors("workload"),
        clients: actors("client"),
      },
      ["name", "device", "duration"],
    ),
  };
}
