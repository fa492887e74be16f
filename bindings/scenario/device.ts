// Knows: how a device is written in a scenario: a preset's name, or keys over a preset, or everything.
// Must not know: whether the numbers make sense together (bindings/device), nor what runs on it.

import { type DeviceDescription, getPreset, KERNEL_IDS, presetNames, ZONE_NAMES } from "../device/index.js";
import { DeviceError, type Problem } from "../engine/errors.js";
import { quoted } from "../engine/quoted.js";
import { PAGE_SHIFTS } from "../engine/units.js";
import { type DeviceFacts, factsOf, isCaptured, type ScenarioDevice } from "./device_facts.js";
import type { FieldTable } from "./fields.js";
import { camelCase, type Fields, kebabCase, type Path, type Reader } from "./read.js";

const PAGE_SIZES = "4KiB, 16KiB or 64KiB";

export const deviceFields = {
  base: {
    type: "word",
    words: presetNames,
    doc: "the preset that it differs from; without it every key is needed",
  },
  name: { type: "text", doc: "name in reports" },
  kernel: { type: "word", words: KERNEL_IDS, doc: "whose rules it follows" },
  "page-size": { type: "bytes", doc: PAGE_SIZES },
  "max-page-order": { type: "order", doc: "order of the largest block" },
  "pageblock-order": { type: "order", doc: "order of a pageblock" },
  cpus: { type: "count", doc: "CPUs that are online" },
  thp: { type: "word", words: ["none", "never", "madvise", "always"], doc: "transparent huge pages" },
  "cache-slice": { type: "bytes", doc: "data cache that one CPU may call its own" },
  "section-size": { type: "bytes", doc: "granularity of the memory map" },
} as const satisfies FieldTable;

const RANGE: FieldTable = {
  start: { type: "bytes", doc: "physical address" },
  end: { type: "bytes", doc: "physical address behind it" },
};

const PLACED: FieldTable = {
  size: { type: "bytes", doc: "size" },
  base: { type: "bytes", doc: "fixed physical address" },
  from: { type: "word", words: ["top", "bottom"], doc: "from which end free memory is searched" },
};

/** Lists of groups: what one item may say. */
export const deviceLists: Readonly<Record<string, { readonly what: string; readonly fields: FieldTable }>> = {
  memory: {
    what: "banks",
    fields: { start: { type: "bytes", doc: "physical address" }, size: { type: "bytes", doc: "size" } },
  },
  zones: {
    what: "zones",
    fields: { name: { type: "word", words: ZONE_NAMES, doc: "the zone" }, ...RANGE },
  },
  reserved: {
    what: "reserved ranges",
    fields: {
      name: { type: "text", doc: "name" },
      ...PLACED,
      "freed-late": { type: "flag", doc: "given to the allocator after boot" },
    },
  },
  areas: {
    what: "CMA areas",
    fields: {
      name: { type: "text", doc: "name" },
      ...PLACED,
      alignment: { type: "bytes", doc: "a pageblock when absent" },
      "order-per-bit": { type: "order", doc: "pages per bitmap bit as a power of two" },
    },
  },
};

export const vmFields = {
  "min-free-kbytes": { type: "count", doc: "vm.min_free_kbytes" },
  "watermark-scale-factor": { type: "count", doc: "vm.watermark_scale_factor" },
  "watermark-boost-factor": { type: "count", doc: "vm.watermark_boost_factor" },
  "percpu-pagelist-high-fraction": { type: "count", doc: "vm.percpu_pagelist_high_fraction" },
} as const satisfies FieldTable;

export const deviceKeys: readonly string[] = [
  ...Object.keys(deviceFields),
  ...Object.keys(deviceLists),
  "vm",
];

/** The items of one list; `within` is the one group inside a group. */
function readItems(reader: Reader, key: string, value: unknown, path: Path): Fields[] | undefined {
  const { what = key, fields = {} } = deviceLists[key] ?? {};
  const placed = "from" in fields;
  return reader.list(value, path, what)?.flatMap((item, i) => {
    const at = [...path, i];
    const known = [...Object.keys(fields), ...(placed ? ["within"] : [])];
    const group = reader.object(item, at, known, `one of the ${what}`);
    if (group === undefined) return [];
    const read = { ...reader.fields(fields, group, at) };
    if ("freedLate" in read) read["freedLate"] = read["freedLate"] === 1;
    if (!placed || group["within"] === undefined) return [read];
    const within = reader.object(group["within"], [...at, "within"], Object.keys(RANGE), "a physical range");
    return within === undefined
      ? [read]
      : [{ ...read, within: reader.fields(RANGE, within, [...at, "within"]) }];
  });
}

/** What is written over the base. */
function readOverrides(reader: Reader, group: Fields, path: Path): Fields {
  const read: Record<string, unknown> = { ...reader.fields(deviceFields, group, path) };
  delete read["base"];
  const pageSize = read["pageSize"];
  delete read["pageSize"];
  if (typeof pageSize === "number") {
    const shift = Math.log2(pageSize);
    if (PAGE_SHIFTS.includes(shift)) read["pageShift"] = shift;
    else reader.report([...path, "page-size"], `must be ${PAGE_SIZES}, is ${quoted(group["page-size"])}`);
  }
  for (const key of Object.keys(deviceLists)) {
    if (group[key] === undefined) continue;
    const items = readItems(reader, key, group[key], [...path, key]);
    if (items !== undefined) read[key] = items;
  }
  if (group["vm"] !== undefined) {
    const vm = reader.object(group["vm"], [...path, "vm"], Object.keys(vmFields), "vm");
    if (vm !== undefined) read["vm"] = reader.fields(vmFields, vm, [...path, "vm"]);
  }
  return read;
}

/** The path of a DeviceError in the words of a scenario: areas[2].orderPerBit -> areas, 2, order-per-bit. */
function pathOf(problem: string): Path {
  return problem.split(/[.[\]]+/).flatMap((part): Path => {
    if (part === "") return [];
    if (/^\d+$/.test(part)) return [Number(part)];
    return [part === "pageShift" ? "page-size" : kebabCase(part)];
  });
}

/** What is said of a description, in the words of a scenario. */
function messageOf({ path, message }: Problem): string {
  // One that is written and none of them has been reported where it was read.
  if (path === "pageShift") return `must be ${PAGE_SIZES}, is missing`;
  return Object.keys(deviceFields).reduce((text, key) => text.replaceAll(camelCase(key), key), message);
}

export interface KnownDevice {
  readonly description: ScenarioDevice;
  readonly resolved: DeviceFacts;
}

function resolve(reader: Reader, description: ScenarioDevice, path: Path): KnownDevice | undefined {
  try {
    return { description, resolved: factsOf(description) };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    for (const problem of error.problems)
      reader.report([...path, ...pathOf(problem.path)], messageOf(problem));
    return undefined;
  }
}

/** Answers undefined when the device cannot be built; every problem is reported. */
export function readDevice(reader: Reader, value: unknown, path: Path): KnownDevice | undefined {
  if (typeof value === "string") {
    const captured = reader.captured.get(value);
    if (captured !== undefined) return resolve(reader, captured, path);
    // A name with a dot or a slash was meant as a state: presets have neither.
    const what = /[./\\]/.test(value) ? "file or folder that can be read from here, and no device" : "device";
    const name = reader.word(value, path, presetNames, what);
    return name === undefined ? undefined : resolve(reader, getPreset(name), path);
  }
  if (isDescription(value) || isCaptured(value)) return resolve(reader, value, path);
  const before = reader.issues.length;
  const group = reader.object(value, path, deviceKeys, "device");
  if (group === undefined) return undefined;
  const overrides = readOverrides(reader, group, path);
  const base = presetNames.find((name) => name === group["base"]);
  // What is wrong is left out, so that the rest is checked too; without a base too much would be missing.
  if (reader.issues.length > before && base === undefined) return undefined;
  const name = base === undefined ? "device" : `${base}, changed`;
  const description = {
    name,
    ...(base === undefined ? {} : getPreset(base)),
    ...(base && { name }),
    ...overrides,
  };
  return resolve(reader, description as DeviceDescription, path);
}

/** A description of bindings/device, as the builder may hand it over: it has keys in camel case. */
function isDescription(value: unknown): value is DeviceDescription {
  return typeof value === "object" && value !== null && camelCase("page-shift") in value;
}
