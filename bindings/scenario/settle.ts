// Knows: how the plain data of a scenario (from YAML or the builder) becomes a Scenario, or a list of all its problems.
// Must not know: text, lines and columns, how a scenario is run.

import { MAX_ACTORS } from "../../assembly/abi/limits.js";
import { Cost } from "../../assembly/abi/simulation.js";
import type { Problem } from "../engine/errors.js";
import { formatBytes } from "../engine/units.js";
import {
  type Policy,
  type PolicyWords,
  policies,
  policyFromWords,
  policyNames,
  policyOf,
} from "../policy/index.js";
import { readActor, type Surroundings } from "./actors.js";
import { costSets } from "./costs.js";
import { type KnownDevice, readDevice } from "./device.js";
import {
  policyFields,
  pressureFields,
  recordFields,
  scenarioFields,
  scenarioKeys,
  varyFields,
} from "./fields.js";
import { parseRange } from "./inputs.js";
import { type Quantity, settleQuantity } from "./quantity.js";
import { type Fields, kebabCase, type Path, type Reader } from "./read.js";
import type { Scenario, ScenarioActor, ScenarioPressure, Variation } from "./scenario.js";
import { simulationProblems } from "./simulation.js";

/** Most pages that all actors may own together; 4 bytes each. Far above what any of the devices has. */
const MAX_PAGES_HELD = 2 ** 27;

/** MIGRATE_PAGE -> migrate-page */
const kebab = (name: string) => name.toLowerCase().replaceAll("_", "-");

export const costNames: readonly string[] = Object.keys(Cost)
  .filter((name) => Number.isNaN(Number(name)) && name !== "COUNT")
  .map(kebab);

function readPolicy(reader: Reader, value: unknown, path: Path): Policy | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const group = reader.object(value, path, Object.keys(policyFields), "policy");
    if (group === undefined) return undefined;
    const read = reader.fields(policyFields, group, path);
    const base = policies.get(String(read["base"]));
    const { cmaSleep, pinWarn, waitRefs, ...words } = read;
    const all = { ...words, cmaSleepNs: cmaSleep, pinWarnNs: pinWarn, waitRefsNs: waitRefs };
    return base && policyFromWords(String(read["name"] ?? `${base.name}, changed`), base, all as PolicyWords);
  }
  const name = reader.word(value, path, policyNames, "policy");
  const row = name === undefined ? undefined : policies.get(name);
  if (row === undefined) return undefined;
  return policyOf(row);
}

function readPolicies(reader: Reader, value: unknown): Policy[] {
  const path = ["policy"];
  const list = Array.isArray(value) ? value : undefined;
  if (list?.length === 0) reader.report(path, "expected at least one policy");
  const read =
    list === undefined
      ? [readPolicy(reader, value ?? "mainline", path)]
      : list.map((item, i) => readPolicy(reader, item, [...path, i]));
  const names = new Set<string>();
  return read.flatMap((policy, i) => {
    if (policy === undefined) return [];
    if (names.has(policy.name)) reader.report([...path, i], `there are two policies ${policy.name}`);
    names.add(policy.name);
    return [policy];
  });
}

function section(reader: Reader, data: Fields, key: string, keys: readonly string[]): Fields {
  return data[key] === undefined ? {} : (reader.object(data[key], [key], keys, key) ?? {});
}

function readPressure(reader: Reader, data: Fields, device: KnownDevice | undefined): ScenarioPressure {
  const group = section(reader, data, "pressure", Object.keys(pressureFields));
  const read = reader.fields(pressureFields, group, ["pressure"]);
  const managed = device?.resolved.totals.managed ?? 0;
  const scale = { pageShift: device?.resolved.pageShift ?? 12, managed };
  return {
    swapPages: settleQuantity((read["swap"] ?? 0) as Quantity, scale),
    zramPercent: Math.round(Number(read["zram"] ?? 0) * 100),
    swappiness: Number(read["swappiness"] ?? 60),
  };
}

function readCosts(reader: Reader, data: Fields): Record<string, number> {
  const group = section(reader, data, "costs", ["set", ...costNames]);
  const costs: Record<string, number> = {};
  const sets = Object.keys(costSets) as (keyof typeof costSets)[];
  const set =
    group["set"] === undefined ? undefined : reader.word(group["set"], ["costs", "set"], sets, "cost set");
  if (set !== undefined) for (const [name, ns] of Object.entries(costSets[set].ns)) costs[kebab(name)] = ns;
  for (const [key, written] of Object.entries(group)) {
    if (key === "set" || !costNames.includes(key)) continue;
    // A bare number is nanoseconds, the unit of the costs' own table.
    const isBare = typeof written === "number" && Number.isFinite(written) && written >= 0;
    const time = isBare ? written : reader.number("time", written, ["costs", key]);
    if (time !== undefined) costs[key] = time;
  }
  return costs;
}

/** Names made unique: of several without a name the second is "camera-2". */
function nameActors(reader: Reader, actors: readonly { actor: ScenarioActor; path: Path; own: boolean }[]) {
  const taken = new Set<string>(["kswapd", "kswapd0", "vmstat"]);
  for (const { actor, path, own } of actors) {
    if (!own) continue;
    if (taken.has(actor.name)) reader.report([...path, "name"], `the name "${actor.name}" is taken`);
    taken.add(actor.name);
  }
  // Where the search for a free number goes on: naming thousands must not take their square.
  const numbers = new Map<string, number>();
  return actors.map(({ actor, own }) => {
    if (own) return actor;
    let name: string = actor.name;
    let number = numbers.get(name) ?? 2;
    while (taken.has(name)) name = `${actor.name}-${number++}`;
    numbers.set(actor.name, number);
    taken.add(name);
    return { ...actor, name };
  });
}

function readActors(reader: Reader, data: Fields, surroundings: Surroundings): ScenarioActor[] {
  const read = (["workload", "client"] as const).flatMap((role) => {
    const key = `${role}s`;
    const items = data[key] === undefined ? [] : (reader.list(data[key], [key], `${role}s`) ?? []);
    if (items.length > MAX_ACTORS)
      reader.report([key], `at most ${MAX_ACTORS} actors fit on a machine; these are ${items.length}`);
    return items.slice(0, MAX_ACTORS).flatMap((item, i) => {
      const path = [key, i];
      const actor = readActor(reader, role, item, path, surroundings);
      const own = (item as Fields | null)?.["name"] !== undefined;
      return actor === undefined ? [] : [{ actor, path, own }];
    });
  });
  return nameActors(reader, read);
}

/** Memory in use from the start, and room for the pages of all actors. */
function checkTotals(reader: Reader, actors: readonly ScenarioActor[], device: KnownDevice): void {
  const { resolved } = device;
  const held = actors
    .filter(({ parameters }) => (parameters["start"] ?? 0) === 0)
    .flatMap(({ kind, parameters }) => {
      const keys = { resident: ["anon", "file", "unmovable", "reclaimable"], "direct-io": ["buffers"] };
      return (keys[kind as keyof typeof keys] ?? []).map((key) => parameters[key] ?? 0);
    })
    .reduce((sum, pages) => sum + pages, 0);
  const { managed } = resolved.totals;
  const size = (pages: number) => formatBytes(pages * resolved.pageSize);
  if (held > managed)
    reader.report(
      ["workloads"],
      `hold ${size(held)} from the start; ${resolved.name} manages ${size(managed)}`,
    );
  const slots = actors.reduce((sum, actor) => sum + actor.slots, 0);
  if (slots > MAX_PAGES_HELD) {
    const most = actors.reduce((a, b) => (b.slots > a.slots ? b : a));
    const text = `may own ${slots} pages together, ${most.name} alone ${most.slots}; there is room for ${MAX_PAGES_HELD}`;
    reader.report(["workloads"], text);
  }
}

/** Words that a machine's numbers have in a scenario. */
function pathInScenario(problem: string): Path {
  const [section = "", ...rest] = problem.split(".");
  if (section === "simulation") return rest[0] === "names" || rest[0] === "actors" ? ["workloads"] : [];
  if (section === "pressure") return [section, rest[0] === "swapPages" ? "swap" : (rest[0] ?? "")];
  if (section === "policy") return [section];
  return section === "slots" ? ["workloads"] : ["device", kebabCase(section)];
}

/** What keeps a scenario from being run under a policy; nothing: it can. @throws DeviceError where its device cannot be built */
export function runProblems(scenario: Scenario, policy: Policy): readonly Problem[] {
  const { name: _, cmaSleepNs: __, ...numbers } = policy;
  const { device, actors, pressure } = scenario;
  return simulationProblems(device, { actors, policy: numbers, pressure });
}

/** What the reader accepts the core accepts: the numbers go through the check that the machine itself makes. */
function checkRunnable(reader: Reader, scenario: Scenario, device: KnownDevice): void {
  const seen = new Set<string>();
  for (const { name: _, ...policy } of scenario.policies) {
    const { actors, pressure } = scenario;
    for (const problem of simulationProblems(device.description, { actors, policy, pressure })) {
      if (!seen.has(problem.path))
        reader.report(pathInScenario(problem.path), `${problem.path}: ${problem.message}`);
      seen.add(problem.path);
    }
  }
}

/** `vary`: NAME: RANGE, or NAME: { range, source }. */
function readVary(reader: Reader, data: Fields, scenario: Scenario): Variation[] {
  const group = data["vary"];
  if (group === undefined) return [];
  if (typeof group !== "object" || group === null || Array.isArray(group)) {
    reader.report(["vary"], "expected names of numbers, each with its range, such as snapuserd.ramp: 0..2s");
    return [];
  }
  return Object.entries(group).flatMap(([name, written]) => {
    const path = ["vary", name];
    const isText = typeof written === "string";
    const fields = isText
      ? { range: written }
      : reader.object(written, path, Object.keys(varyFields), "a range");
    if (fields === undefined) return [];
    const read = reader.fields(varyFields, fields, path);
    if (read["range"] === undefined) {
      if (fields["range"] === undefined) reader.report(path, "a number that is varied needs its range");
      return [];
    }
    const source = read["source"] === undefined ? null : String(read["source"]);
    const parsed = parseRange(scenario, name, String(read["range"]), source);
    if ("variation" in parsed) return [parsed.variation];
    reader.report(isText ? path : [...path, "range"], parsed.problem);
    return [];
  });
}

/** Answers a scenario, or undefined when the reader has issues. */
export function settleScenario(reader: Reader, data: unknown): Scenario | undefined {
  const group = reader.object(data, [], scenarioKeys, "scenario");
  if (group === undefined) return undefined;
  for (const key of ["name", "device", "duration"]) {
    if (group[key] === undefined) reader.report([], `a scenario needs its ${key}`);
  }
  const simple = reader.fields(scenarioFields, group, []);
  const { duration, sample } = simple;
  if (duration === 0) reader.report(["duration"], "must be longer than nothing");
  if (typeof sample === "number" && sample < 1e6) reader.report(["sample"], "must be at least 1ms");
  const device = group["device"] === undefined ? undefined : readDevice(reader, group["device"], ["device"]);
  const pressure = readPressure(reader, group, device);
  const recordGroup = section(reader, group, "record", Object.keys(recordFields));
  const record = reader.fields(recordFields, recordGroup, ["record"]);
  const durationNs = typeof duration === "number" ? duration : undefined;
  const surroundings = { device: device?.resolved, durationNs, swapPages: pressure.swapPages };
  const policyList = readPolicies(reader, group["policy"]);
  const costs = readCosts(reader, group);
  const actors = readActors(reader, group, surroundings);
  if (device !== undefined) checkTotals(reader, actors, device);
  if (reader.issues.length > 0 || device === undefined) return undefined;
  const scenario: Scenario = {
    name: String(simple["name"]),
    description: String(simple["description"] ?? ""),
    validity: String(simple["validity"] ?? ""),
    vary: [],
    device: device.description,
    policies: policyList,
    pressure,
    costs,
    durationNs: Number(duration),
    sampleNs: Number(sample),
    seeds: Number(simple["seeds"]),
    record: { failures: Number(record["failures"]) },
    actors,
  };
  checkRunnable(reader, scenario, device);
  const vary = readVary(reader, group, scenario);
  return reader.issues.length > 0 ? undefined : { ...scenario, vary };
}
