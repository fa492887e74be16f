// Knows: a grid as YAML: which scenarios, policies, devices and seeds, every problem with its line and a caret.
// Must not know: how a grid is run.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { presetNames } from "../../device/index.js";
import { type Policy, policies, policyNames, policyOf } from "../../policy/index.js";
import { parseScenario, scenarioNames, scenarioText } from "../../scenario/index.js";
import type { Fields, Path, Reader } from "../../scenario/read.js";
import type { Scenario } from "../../scenario/scenario.js";
import { readYaml } from "../../scenario/yaml.js";
import { type Grid, parseSeeds } from "../../sweep/index.js";
import { cannotRead, UsageError } from "../exit.js";

/** What the file says, to write a smaller one of the same kind. */
export interface GridSource {
  readonly scenarios: readonly string[];
  readonly policies: readonly string[];
  /** null: each scenario on its own device. */
  readonly devices: readonly string[] | null;
  readonly seeds: string;
  readonly until: string | null;
}

export interface GridFile {
  readonly grid: Grid;
  readonly source: GridSource;
}

const KEYS = ["scenarios", "policies", "devices", "seeds", "until"] as const;

/** A list of different words; a single one may stand without brackets. */
function words(
  reader: Reader,
  group: Fields,
  key: string,
  known: readonly string[] | undefined,
): string[] | undefined {
  const value = group[key];
  const items = typeof value === "string" ? [value] : reader.list(value, [key], key);
  if (items === undefined) return undefined;
  if (items.length === 0) return reader.report([key], `expected at least one of ${key}`);
  const read = items.flatMap((item, i) => {
    const path: Path = typeof value === "string" ? [key] : [key, i];
    if (items.indexOf(item) < i) reader.report(path, `${JSON.stringify(item)} is named twice`);
    const word =
      known === undefined ? reader.text(item, path, "a name or a file") : reader.word(item, path, known, key);
    return word ?? [];
  });
  return read;
}

function seedsOf(reader: Reader, value: unknown): string | undefined {
  const text = typeof value === "number" || typeof value === "string" ? String(value) : "";
  const parsed = parseSeeds(text);
  return "problem" in parsed ? reader.report(["seeds"], parsed.problem) : text;
}

function settle(reader: Reader, data: unknown): GridSource | undefined {
  const group = reader.object(data, [], KEYS, "grid");
  if (group === undefined) return undefined;
  for (const key of ["scenarios", "policies", "seeds"])
    if (group[key] === undefined) reader.report([], `a grid needs its ${key}`);
  const scenarios = group["scenarios"] === undefined ? [] : words(reader, group, "scenarios", undefined);
  const chosen = group["policies"] === undefined ? [] : words(reader, group, "policies", policyNames);
  const devices = group["devices"] === undefined ? null : words(reader, group, "devices", presetNames);
  const seeds = group["seeds"] === undefined ? "" : seedsOf(reader, group["seeds"]);
  const until = group["until"];
  if (until !== undefined) reader.number("time", until, ["until"]);
  if (reader.issues.length > 0) return undefined;
  return {
    scenarios: scenarios ?? [],
    policies: chosen ?? [],
    devices: devices ?? null,
    seeds: seeds ?? "",
    until: until === undefined ? null : String(until),
  };
}

/** A scenario of the package, or a file beside the grid. */
function scenarioNamed(name: string, folder: string, device: string | undefined): Scenario {
  if ((scenarioNames as readonly string[]).includes(name))
    return parseScenario(scenarioText(name), `${name}.yaml`, device);
  if (!/\.ya?ml$|\//i.test(name)) return parseScenario(scenarioText(name), name, device);
  const path = join(folder, name);
  try {
    return parseScenario(readFileSync(path, "utf8"), name, device);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") throw cannotRead(path, error);
    throw error;
  }
}

function policyNamed(name: string): Policy {
  const row = policies.get(name);
  if (row === undefined) throw new UsageError(`there is no policy "${name}"`);
  return policyOf(row);
}

/** @throws ScenarioError with every problem of the grid, or of one of its scenarios; UsageError for a file that cannot be read */
export function readGrid(path: string): GridFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw cannotRead(path, error);
  }
  const source = readYaml(text, path, settle);
  const parsed = parseSeeds(source.seeds);
  const devices = source.devices ?? [undefined];
  const grid = {
    scenarios: devices.map((device) =>
      source.scenarios.map((name) => scenarioNamed(name, dirname(path), device)),
    ),
    policies: source.policies.map(policyNamed),
    seeds: "seeds" in parsed ? parsed.seeds : [],
    untilNs: source.until === null ? Number.POSITIVE_INFINITY : untilNs(source.until),
  };
  return { grid, source };
}

function untilNs(text: string): number {
  return readYaml(`until: ${text}`, "until", (reader, data) =>
    reader.number("time", (data as Fields)["until"], ["until"]),
  );
}
