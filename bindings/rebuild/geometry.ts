// Knows: page size, orders, kernel rules and zone names of the machine that the files come from, told or inferred.
// Must not know: frames, free blocks.

import { MAX_CPUS, MAX_ORDERS, MAX_ZONES } from "../../assembly/abi/limits.js";
import { COSTLY_ORDER, type KernelId, kernelProfiles, PCP_TYPES } from "../device/kernel.js";
import { largest } from "../engine/extent.js";
import { PAGE_SHIFTS } from "../engine/units.js";
import { CaptureError } from "../importers/errors.js";
import { type Given, unusable } from "./given.js";
import type { Notes } from "./notes.js";

/** What the user knows of the kernel that wrote the files. */
export interface GeometryOptions {
  /** Version of the kernel that wrote the files, such as "6.6". */
  readonly kernel?: string | undefined;
  /** Bytes: 4096, 16384 or 65536. */
  readonly pageSize?: number | undefined;
}

export interface StateGeometry {
  readonly kernel: KernelId;
  readonly pageShift: number;
  readonly maxPageOrder: number;
  readonly pageblockOrder: number;
  readonly pcpLists: number;
  readonly cpus: number;
  /** By zone index, zones without memory included. */
  readonly zoneNames: readonly string[];
}

/** The modelled kernel whose rules are nearest to those of a version. */
export function nearestKernel(version: string): KernelId | undefined {
  const match = /^(\d{1,2})\.(\d{1,3})/.exec(version);
  if (match === null) return undefined;
  const number = Number(match[1]) * 1000 + Number(match[2]);
  // 6.7 brought the per-CPU lists that tune themselves, 6.15 areas of several ranges. Which 6.6 it is no version says.
  if (number < 6007) return "6.1";
  return number < 6015 ? "6.12" : "6.15";
}

function kernelOf(given: Given, options: GeometryOptions, notes: Notes): KernelId {
  const version = options.kernel ?? given.kernel;
  const known = version === null ? undefined : nearestKernel(version);
  if (known !== undefined) {
    if (!version!.startsWith(`${known}.`) && version !== known)
      notes.assume(`kernel ${version}: the rules of ${known} are the nearest that are modelled`);
    return known;
  }
  if (given.areas.some(({ ranges }) => ranges.length > 1)) return "6.15";
  const populated = given.zoneinfo.find(({ detail }) => (detail.present ?? 0) > 0);
  const guess: KernelId = populated === undefined || populated.detail.promo !== null ? "6.12" : "6.1";
  notes.assume(`no file names the kernel: the rules of ${guess} are taken`);
  return guess;
}

/** The page size that makes managed pages and MemTotal agree, or the usual one for that many orders. */
function pageShiftOf(given: Given, orders: number, options: GeometryOptions, notes: Notes): number {
  if (options.pageSize !== undefined) {
    const shift = Math.log2(options.pageSize);
    if (PAGE_SHIFTS.includes(shift)) return shift;
    throw new CaptureError({
      file: "page size",
      problem: `${options.pageSize} bytes`,
      expected: "4096, 16384 or 65536",
    });
  }
  if (given.pageSize !== null) return Math.log2(given.pageSize);
  const managed = given.zoneinfo.reduce((sum, { fact }) => sum + (fact.managed ?? 0), 0);
  if (given.memTotal !== undefined && managed > 0) {
    const shift = Math.round(Math.log2((given.memTotal * 1024) / managed));
    if (PAGE_SHIFTS.includes(shift)) return shift;
    notes.add("warning", "page-size", "MemTotal and the managed pages give no page size that exists");
  }
  const shift = given.pageblockOrder === 13 || orders === 14 ? 16 : orders === 12 ? 14 : 12;
  notes.assume(`pages of ${2 ** (shift - 10)} KiB: the usual size with ${orders} orders`);
  return shift;
}

/** Names by index. Normal and Movable exist in every kernel, with memory or without. */
function zoneNamesOf({ zoneinfo, tables }: Given): string[] {
  return [...new Set([...[...zoneinfo, ...tables].map(({ name }) => name), "Normal", "Movable"])];
}

function cpusOf(given: Given, notes: Notes): number {
  const cpus = given.zoneinfo.flatMap(({ detail }) => detail.pagesets.map(({ cpu }) => cpu + 1));
  if (cpus.length === 0) notes.assume("one CPU: no zoneinfo lists the per-CPU sets");
  const most = largest(cpus, 1);
  if (most > MAX_CPUS) throw unusable(given, `CPU ${most - 1}`, `at most ${MAX_CPUS} CPUs`);
  return most;
}

/** @throws CaptureError when nothing tells how memory is divided, or it is beyond what is modelled */
export function geometryOf(given: Given, options: GeometryOptions, notes: Notes): StateGeometry {
  const orders = given.tables.reduce((most, { total }) => Math.max(most, total.length), 0);
  if (orders === 0) {
    const expected = "/proc/pagetypeinfo, or /proc/buddyinfo with /proc/zoneinfo and /proc/kpageflags";
    throw unusable(given, "no file says how many blocks are free", expected);
  }
  if (orders > MAX_ORDERS) throw unusable(given, `${orders} orders`, `at most ${MAX_ORDERS}`);
  const pageShift = pageShiftOf(given, orders, options, notes);
  const kernel = kernelOf(given, options, notes);
  const maxPageOrder = orders - 1;
  const pageblockOrder = given.pageblockOrder ?? Math.min(maxPageOrder, pageShift - 3);
  if (given.pageblockOrder === null)
    notes.assume(`pageblocks of order ${pageblockOrder}: no pagetypeinfo says it`);
  const zoneNames = zoneNamesOf(given);
  if (zoneNames.length > MAX_ZONES)
    throw unusable(given, `the zones ${zoneNames.join(", ")}`, `at most ${MAX_ZONES}`);
  if (pageblockOrder > maxPageOrder) {
    throw unusable(
      given,
      `pageblocks of order ${pageblockOrder}`,
      `at most the largest order, ${maxPageOrder}`,
    );
  }
  const thpOrder = kernelProfiles[kernel].thpListOrder === "pmd" ? pageShift - 3 : pageblockOrder;
  const hasThp = (given.hasThp ?? true) && thpOrder > COSTLY_ORDER && thpOrder <= maxPageOrder;
  if (given.hasThp === undefined) notes.assume("transparent huge pages compiled in: no vmstat says it");
  const pcpLists = PCP_TYPES * (COSTLY_ORDER + 1) + (hasThp ? 2 : 0);
  const cpus = cpusOf(given, notes);
  return { kernel, pageShift, maxPageOrder, pageblockOrder, pcpLists, cpus, zoneNames };
}
