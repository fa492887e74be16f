// Knows: how one workload or client is read, and what can be wrong with it on this device.
// Must not know: YAML, the other sections of a scenario, how an actor acts.

import { formatBytes } from "../engine/units.js";
import type { DeviceFacts } from "./device_facts.js";
import {
  isKindName,
  type KindName,
  kindNames,
  kinds,
  type ParameterRow,
  parametersOf,
} from "./kinds/index.js";
import type { Kind, Values } from "./kinds/kind.js";
import { type MemoryScale, parseQuantity, settleQuantity } from "./quantity.js";
import type { Fields, Path, Reader } from "./read.js";
import type { ScenarioActor } from "./scenario.js";

/** What the actors of a scenario are measured against; without a device only what needs none is checked. */
export interface Surroundings {
  readonly device: DeviceFacts | undefined;
  readonly durationNs: number | undefined;
  readonly swapPages: number;
}

/** Keys of an actor that are no parameters. */
export const ACTOR_KEYS = ["kind", "name", "cpu", "area"] as const;

/** Any device will do where sizes are only compared with each other. */
const NO_DEVICE = { pageShift: 12, managed: 2 ** 20 };

function scaleOf(device: DeviceFacts | undefined) {
  return device === undefined ? NO_DEVICE : { pageShift: device.pageShift, managed: device.totals.managed };
}

/** Smallest and largest value of a parameter, where it has such; settled. */
export function limitsOf(
  { dimension, min, max }: ParameterRow,
  scale: MemoryScale,
): { readonly min: number | undefined; readonly max: number | undefined } {
  const limit = (text: ParameterRow["min"]) => {
    const parsed = text === undefined ? undefined : parseQuantity(dimension, text);
    return parsed !== undefined && "value" in parsed ? settleQuantity(parsed.value, scale) : undefined;
  };
  return { min: limit(min), max: limit(max) };
}

/** One parameter within its limits; undefined: reported. */
function readParameter(
  reader: Reader,
  row: ParameterRow,
  written: unknown,
  path: Path,
  { device }: Surroundings,
): number | undefined {
  const quantity = reader.quantity(row.dimension, written, path);
  if (quantity === undefined) return undefined;
  const scale = scaleOf(device);
  const settled = settleQuantity(quantity, scale);
  const { min, max } = limitsOf(row, scale);
  if (min !== undefined && settled < min) return reader.report(path, `must be at least ${row.min}`);
  if (max !== undefined && settled > max) return reader.report(path, `must be at most ${row.max}`);
  if (row.dimension === "size" && device !== undefined && settled > device.totals.managed) {
    const sizes = [settled, device.totals.managed].map((pages) => formatBytes(pages * device.pageSize));
    return reader.report(path, `${sizes[0]} is more than ${device.name} has: ${sizes[1]} are managed`);
  }
  return settled;
}

function readArea(
  reader: Reader,
  kindName: KindName,
  value: unknown,
  path: Path,
  device: DeviceFacts | undefined,
): string | null {
  const need = kinds[kindName].area;
  const names = device?.areas.map(({ name }) => name) ?? [];
  const areas = device === undefined ? "" : `; the areas of ${device.name} are ${names.join(", ") || "none"}`;
  if (value === undefined || value === null) {
    if (need === "required") reader.report(path.slice(0, -1), `${kindName} needs an area${areas}`);
    return null;
  }
  if (need === "none") {
    reader.report(path, `${kindName} has no area: it is no client of cma_alloc`, "key");
    return null;
  }
  if (device === undefined) return reader.text(value, path, "the name of an area") ?? null;
  return reader.word(value, path, names, `area of ${device.name}`) ?? null;
}

/** Pairs of keys that must not be the wrong way round. */
const ORDERED = [
  ["pages-min", "pages-max"],
  ["initial", "most"],
] as const;

function checkTogether(
  reader: Reader,
  kindName: KindName,
  actor: ScenarioActor,
  path: Path,
  { device, durationNs, swapPages }: Surroundings,
): void {
  const { parameters } = actor;
  const { start = 0, stop = 0 } = parameters;
  for (const [low, high] of ORDERED) {
    const [a, b] = [parameters[low], parameters[high]];
    if (a !== undefined && b !== undefined && a > b) reader.report([...path, low], `is larger than ${high}`);
  }
  if (stop !== 0 && stop <= start) reader.report([...path, "stop"], "is not after its start");
  if (durationNs !== undefined && start >= durationNs)
    reader.report([...path, "start"], "is not before the end of the scenario");
  if (kindName === "zram" && swapPages === 0)
    reader.report([...path, "kind"], "zram needs room to swap to: set pressure.swap and pressure.zram");
  const request = kinds[kindName].request?.(parameters);
  const area = device?.areas.find(({ name }) => name === actor.area);
  if (request === undefined || area === undefined || device === undefined) return;
  if (request.pages > area.pages) {
    const sizes = [request.pages, area.pages].map((pages) => formatBytes(pages * device.pageSize));
    const key = "pages" in parameters ? "pages" : "pages-max";
    reader.report([...path, key], `${sizes[0]} can never fit: area ${area.name} has ${sizes[1]}`);
  }
}

function readCpu(reader: Reader, value: unknown, path: Path, cpus: number): number | null {
  if (value === undefined || value === null || value === "any") return null;
  const cpu = reader.number("count", value, path);
  if (cpu === undefined) return null;
  if (cpu < 0 || cpu >= cpus) reader.report(path, `must be 0 to ${cpus - 1}, or any`);
  return cpu;
}

/** The written parameters and the defaults of the others. */
function readParameters(
  reader: Reader,
  kindName: KindName,
  group: Fields,
  path: Path,
  surroundings: Surroundings,
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [key, row] of parametersOf(kindName)) {
    const written = group[key] ?? row.default;
    if (written === undefined) {
      reader.report(path, `${kindName} needs ${key}: ${row.doc}`);
      continue;
    }
    const settled = readParameter(reader, row, written, [...path, key], surroundings);
    if (settled !== undefined) values[key] = settled;
  }
  return values;
}

/** Nobody owns more than all memory and what is swapped out. */
function mostPages({ device, swapPages }: Surroundings): number {
  return (device?.totals.managed ?? Number.POSITIVE_INFINITY) + swapPages;
}

/** No more than there are pages, unless slots have their own meaning by their number. */
export function slotsOf(name: KindName, parameters: Values, surroundings: Surroundings): number {
  const { slots, numbered }: Kind = kinds[name];
  return numbered ? slots(parameters) : Math.min(slots(parameters), mostPages(surroundings));
}

/** One item of `workloads` or `clients`. */
export function readActor(
  reader: Reader,
  role: "workload" | "client",
  item: unknown,
  path: Path,
  surroundings: Surroundings,
): ScenarioActor | undefined {
  const { device } = surroundings;
  if (typeof item !== "object" || item === null || Array.isArray(item))
    return reader.report(path, `expected a ${role} as a group of keys, such as kind: ${kindNames[0]}`);
  const fields = item as Fields;
  if (fields["kind"] === undefined) return reader.report(path, `a ${role} needs its kind`);
  const known = kindNames.filter((name) => kinds[name].role === role);
  const other = kindNames.find((name) => name === fields["kind"] && kinds[name].role !== role);
  if (other !== undefined)
    return reader.report([...path, "kind"], `${other} belongs under ${kinds[other].role}s`);
  const kindName = reader.word(fields["kind"], [...path, "kind"], known, role);
  if (kindName === undefined || !isKindName(kindName)) return undefined;
  reader.object(fields, path, [...ACTOR_KEYS, ...parametersOf(kindName).keys()], kindName);
  const parameters = readParameters(reader, kindName, fields, path, surroundings);
  const name =
    fields["name"] === undefined ? kindName : reader.text(fields["name"], [...path, "name"], "a name");
  const actor: ScenarioActor = {
    kind: kindName,
    name: name ?? kindName,
    cpu: readCpu(reader, fields["cpu"], [...path, "cpu"], device?.cpus ?? Number.POSITIVE_INFINITY),
    area: readArea(reader, kindName, fields["area"], [...path, "area"], device),
    slots: slotsOf(kindName, parameters, surroundings),
    parameters,
  };
  checkTogether(reader, kindName, actor, path, surroundings);
  return actor;
}
