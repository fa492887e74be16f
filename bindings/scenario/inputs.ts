// Knows: which numbers of a scenario can be varied, by name; the scenario with another value of one of them; ranges as people
// write them.
// Must not know: which values are tried, how runs are done, what comes of them.
//
// A name is "ACTOR.KEY", "costs.NAME" or "pressure.KEY". Everybody else's plan stays: it follows from seed and name.

import { closest } from "../engine/closest.js";
import { quoted } from "../engine/quoted.js";
import { limitsOf, slotsOf } from "./actors.js";
import { costFigures } from "./costs.js";
import { type DeviceFacts, factsOf } from "./device_facts.js";
import { type ParameterRow, parametersOf } from "./kinds/index.js";
import { type Dimension, parseQuantity, settleQuantity } from "./quantity.js";
import type { Scenario, ScenarioActor, Variation } from "./scenario.js";

/** One number of a scenario that can be varied. */
export interface Input {
  /** "snapuserd.ramp", "costs.migrate-page", "pressure.swap". */
  readonly name: string;
  /** What it measures. */
  readonly dimension: Dimension;
  /** What the scenario has: pages, nanoseconds, a share or a count. */
  readonly base: number;
  /** Where the default comes from, when the scenario has the default; "" for a number of the scenario's own. */
  readonly source: string;
  /** Smallest and largest value that is allowed. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
}

/** What a range is called in messages, and the range itself. */
export type ParsedRange = { readonly variation: Variation } | { readonly problem: string };

const VARIED: ReadonlySet<Dimension> = new Set(["size", "time", "interval", "share", "count"]);

/** PRESSURE.key -> member of Scenario.pressure */
const PRESSURE = {
  swap: { member: "swapPages", dimension: "size", max: Number.POSITIVE_INFINITY },
  zram: { member: "zramPercent", dimension: "share", max: 1 },
  swappiness: { member: "swappiness", dimension: "count", max: 200 },
} as const;

const kebab = (name: string) => name.toLowerCase().replaceAll("_", "-");

function scaleOf({ pageShift, totals }: DeviceFacts) {
  return { pageShift, managed: totals.managed };
}

function actorInputs(actor: ScenarioActor, device: DeviceFacts): Input[] {
  const inputOf = ([key, row]: [string, ParameterRow]): Input => {
    const { min = 0, max = Number.POSITIVE_INFINITY } = limitsOf(row, scaleOf(device));
    const base = actor.parameters[key] ?? 0;
    const parsed = row.default === undefined ? undefined : parseQuantity(row.dimension, row.default);
    const isDefault =
      parsed !== undefined && "value" in parsed && settleQuantity(parsed.value, scaleOf(device)) === base;
    const { dimension } = row;
    const most =
      dimension === "share" ? Math.min(max, 1) : dimension === "size" ? device.totals.managed : max;
    return {
      ...{ name: `${actor.name}.${key}`, dimension, base, source: isDefault ? row.source : "" },
      ...{ min, max: Math.min(max, most) },
    };
  };
  return [...parametersOf(actor.kind)].filter(([, { dimension }]) => VARIED.has(dimension)).map(inputOf);
}

/** Every number that can be varied: those of actors, costs, pressure. */
export function inputsOf(scenario: Scenario): Input[] {
  const device = factsOf(scenario.device);
  const costs = Object.entries(costFigures).map(([key, { ns, source }]): Input => {
    const name = kebab(key);
    const own = scenario.costs[name];
    return {
      ...{
        name: `costs.${name}`,
        dimension: "time",
        base: own ?? ns,
        source: own === undefined ? source : "",
      },
      ...{ min: 0, max: Number.POSITIVE_INFINITY },
    };
  });
  const pressure = Object.entries(PRESSURE).map(([key, { member, dimension, max }]): Input => {
    const value = scenario.pressure[member];
    const base = member === "zramPercent" ? value / 100 : value;
    return { name: `pressure.${key}`, dimension, base, source: "", min: 0, max };
  });
  return [...scenario.actors.flatMap((actor) => actorInputs(actor, device)), ...costs, ...pressure];
}

/** Shares are what they are; everything else is whole. */
export function wholeValue({ dimension }: Pick<Input, "dimension">, value: number): number {
  return dimension === "share" ? Number(value.toPrecision(6)) : Math.round(value);
}

/**
 * The same scenario with another value of this input: same seeds, same plans of everybody else.
 * @throws RangeError for a name that inputsOf() does not have
 */
export function varied(scenario: Scenario, name: string, value: number): Scenario {
  const dot = name.lastIndexOf(".");
  const [owner, key] = [name.slice(0, dot), name.slice(dot + 1)];
  if (owner === "costs") return { ...scenario, costs: { ...scenario.costs, [key]: value } };
  if (owner === "pressure") {
    const { member } = PRESSURE[key as keyof typeof PRESSURE];
    const settled = member === "zramPercent" ? Math.round(value * 100) : value;
    return { ...scenario, pressure: { ...scenario.pressure, [member]: settled } };
  }
  if (!scenario.actors.some((actor) => actor.name === owner))
    throw new RangeError(`no input is called ${name}`);
  const surroundings = {
    device: factsOf(scenario.device),
    durationNs: scenario.durationNs,
    swapPages: scenario.pressure.swapPages,
  };
  const actors = scenario.actors.map((actor) => {
    if (actor.name !== owner) return actor;
    const parameters = { ...actor.parameters, [key]: value };
    return { ...actor, parameters, slots: slotsOf(actor.kind, parameters, surroundings) };
  });
  return { ...scenario, actors };
}

/** One end: a value in the input's own units, or a multiple of what the scenario has ("x0.5"). */
function endOf(text: string, input: Input, device: DeviceFacts): number | string {
  const factor = /^x\s*(\d*\.?\d+)$/.exec(text);
  if (factor !== null) return wholeValue(input, input.base * Number(factor[1]));
  const isCost = input.name.startsWith("costs.") && /^\d+$/.test(text);
  if (isCost) return Number(text);
  const parsed = parseQuantity(input.dimension, text === "0" ? 0 : text);
  return "problem" in parsed ? parsed.problem : settleQuantity(parsed.value, scaleOf(device));
}

/** Without the sections' names, which people may write: "workloads.snapuserd.ramp". */
function plainName(name: string): string {
  return name.trim().replace(/^(workloads|clients)\./, "");
}

/**
 * "0..2s" or "x0.5..x2" of the input of this name.
 * @param source where the range comes from; null: from nowhere, it is a guess
 */
export function parseRange(
  scenario: Scenario,
  name: string,
  range: string,
  source: string | null,
): ParsedRange {
  const inputs = inputsOf(scenario);
  const wanted = plainName(name);
  const input = inputs.find((one) => one.name === wanted);
  if (input === undefined) {
    const guess = closest(
      wanted,
      inputs.map((one) => one.name),
    );
    const hint = guess === undefined ? "" : `; did you mean ${guess}?`;
    return { problem: `the scenario has no number ${quoted(wanted)} that can be varied${hint}` };
  }
  const [, from = "", to = ""] = /^(.+?)\.\.(.+)$/.exec(range.trim()) ?? [];
  if (to === "") return { problem: `expected a range such as 0..2s or x0.5..x2; got ${quoted(range)}` };
  const device = factsOf(scenario.device);
  const [low, high] = [from, to].map((text) => endOf(text.trim(), input, device));
  if (typeof low === "string" || typeof high === "string")
    return { problem: typeof low === "string" ? low : String(high) };
  if (low === undefined || high === undefined || low >= high)
    return { problem: `the range ${range} does not grow: its second end must be larger than its first` };
  if (low < input.min || high > input.max)
    return { problem: `the range ${range} leaves what ${wanted} may be` };
  const { dimension, base } = input;
  return { variation: { name: wanted, dimension, base, low, high, source } };
}

/** Half and twice of each number that nobody has a source for: neither a time line nor a client's own wish. */
export function unsourcedInputs(scenario: Scenario): Variation[] {
  const clients = new Set(scenario.actors.filter(({ area }) => area !== null).map(({ name }) => name));
  return inputsOf(scenario)
    .filter(({ base, source }) => base > 0 && (source.startsWith("chosen") || source === ""))
    .filter(({ name }) => !/\.(start|stop)$/.test(name) && !clients.has(name.slice(0, name.lastIndexOf("."))))
    .map((input) => {
      const { name, dimension, base, min, max } = input;
      const low = wholeValue(input, Math.max(min, base / 2));
      const high = wholeValue(input, Math.min(max, base * 2));
      return { name, dimension, base, low, high, source: null };
    })
    .filter(({ low, high }) => low < high);
}
