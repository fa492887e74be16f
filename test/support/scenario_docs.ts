// Knows: the tables of workloads, keys, costs and policies as Markdown, for docs/scenarios.md.
// Must not know: where they stand in the document.

import { policies } from "../../bindings/policy/index.js";
import { costFigures } from "../../bindings/scenario/costs.js";
import { deviceFields, deviceLists, vmFields } from "../../bindings/scenario/device.js";
import {
  type FieldTable,
  policyFields,
  pressureFields,
  recordFields,
  scenarioFields,
  sectionDocs,
  varyFields,
} from "../../bindings/scenario/fields.js";
import {
  type KindName,
  kindNames,
  kinds,
  type ParameterRow,
  parametersOf,
} from "../../bindings/scenario/kinds/index.js";
import { EXAMPLES } from "../../bindings/scenario/quantity.js";

function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(headers), `|${headers.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

function code(value: unknown): string {
  return value === undefined ? "" : `\`${String(value)}\``;
}

function fieldRows(fields: FieldTable): string[][] {
  return Object.entries(fields).map(([key, row]) => [code(key), row.type, code(row.default), row.doc]);
}

const HEADERS = ["key", "value", "default", "meaning"];

function kindSection(name: KindName): string {
  const { doc, area } = kinds[name];
  const places = { none: "", optional: " `area` may be given.", required: " `area` is needed." };
  const rows = [...parametersOf(name)]
    .filter(([key]) => key !== "start" && key !== "stop")
    .map(([key, row]: [string, ParameterRow]) => [
      code(key),
      row.dimension,
      code(row.default),
      row.source === "chosen" ? row.doc : `${row.doc} (${row.source})`,
    ]);
  return `#### ${name}\n\n${doc}${places[area]}\n\n${table(HEADERS, rows)}`;
}

function costRows(): string[][] {
  return Object.entries(costFigures).map(([name, { ns, source }]) => [
    code(name.toLowerCase().replaceAll("_", "-")),
    String(ns),
    source,
  ]);
}

/** Everything between the marks of docs/scenarios.md. */
export function generatedDocs(): string {
  const roles = ["workload", "client"] as const;
  const sections = Object.entries(sectionDocs).map(([key, doc]) => [code(key), "", "", doc]);
  const lists = Object.entries(deviceLists).map(([key, { what, fields }]) => [
    code(key),
    "list",
    "",
    `${what}: ${Object.keys(fields).map(code).join(", ")}`,
  ]);
  return [
    "### Values",
    table(
      ["value", "written as"],
      Object.entries(EXAMPLES).map(([dimension, text]) => [dimension, text]),
    ),
    "### Keys of a scenario",
    table(HEADERS, [...fieldRows(scenarioFields), ...sections]),
    "`pressure`:",
    table(HEADERS, fieldRows(pressureFields)),
    "`record`:",
    table(HEADERS, fieldRows(recordFields)),
    "`vary`, a range as a group:",
    table(HEADERS, fieldRows(varyFields)),
    "`policy`, as a group:",
    table(HEADERS, fieldRows(policyFields)),
    "`device`, as a group:",
    table(HEADERS, [...fieldRows(deviceFields), ...lists]),
    "`device.vm`:",
    table(HEADERS, fieldRows(vmFields)),
    "### Policies",
    table(
      ["name", "what it does", "source"],
      [...policies.values()].map(({ name, doc, source }) => [code(name), doc, source]),
    ),
    ...roles.flatMap((role) => [
      `### ${role === "workload" ? "Workloads" : "Clients of cma_alloc"}`,
      "Every kind also has `name`, `cpu`, `start` and `stop`.",
      ...kindNames.filter((name) => kinds[name].role === role).map(kindSection),
    ]),
    "### Costs",
    table(["name", "ns", "source"], costRows()),
  ].join("\n\n");
}
