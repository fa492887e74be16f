// Knows: how to read, with a few line patterns, what these tests need from a capture of a real kernel.
// Must not know: anything about the rules under test.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const ROOT = new URL("../../../../shared/data/kernel/", import.meta.url);

export interface DumpedZone {
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly cmaPages: number;
  readonly watermarks: { min: number; low: number; high: number; promo: number };
  readonly driftMark: number;
  readonly lowmemReserve: number[];
  readonly batch: number;
  readonly highMin: number;
  readonly highMax: number;
  readonly threshold: number;
  /** flags of CPU 0's lists; undefined on kernels without them */
  readonly pcpFlags: number | undefined;
}

export interface Capture {
  readonly set: string;
  readonly kernel: "6.12" | "6.1";
  readonly cpus: number;
  readonly constants: Readonly<Record<string, number>>;
  readonly system: Readonly<Record<string, number>>;
  readonly cmdline: string;
  readonly zones: readonly DumpedZone[];
  readonly areas: readonly { name: string; base: number; count: number; orderPerBit: number }[];
  /** Physical bytes [start, end) of each bank, from the boot log. */
  readonly banks: readonly { start: number; end: number }[];
  /** Pages that the kernel gave back after it had computed its limits, from the boot log. */
  readonly latePages: number;
}

function fields(line: string): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [, key = "", value] of line.matchAll(/(\w+)=(-?\d+)/g)) result[key] = Number(value);
  return result;
}

function parseZones(dump: string): DumpedZone[] {
  const blocks = dump.split(/^(?=zone \d)/m).filter((block) => block.startsWith("zone "));
  return blocks.map((block) => {
    const line = (start: string) => block.split("\n").find((text) => text.startsWith(start)) ?? "";
    const zone = fields(line("zone "));
    const marks = fields(line("wmark "));
    const pageset = fields(line("pageset_defaults "));
    const high = pageset.high ?? 0;
    return {
      index: Number(/^zone (\d+)/.exec(block)?.[1]),
      name: /^zone \d+ (\S+)/.exec(block)?.[1] ?? "",
      start: zone.start ?? 0,
      spanned: zone.spanned ?? 0,
      present: zone.present ?? 0,
      managed: zone.managed ?? 0,
      cmaPages: zone.cma_pages ?? 0,
      watermarks: {
        min: marks.min ?? 0,
        low: marks.low ?? 0,
        high: marks.high ?? 0,
        promo: marks.promo ?? 0,
      },
      driftMark: marks.percpu_drift_mark ?? 0,
      lowmemReserve: line("lowmem_reserve:").split(/\s+/).slice(1).map(Number),
      batch: pageset.batch ?? 0,
      highMin: pageset.high_min ?? high,
      highMax: pageset.high_max ?? high,
      threshold: fields(line("pcpstat 0 ")).threshold ?? 0,
      pcpFlags: fields(line("pcp 0 ")).flags,
    };
  });
}

function parseCapture(set: string): Capture {
  const text = (name: string) => readFileSync(new URL(`${set}/${name}`, ROOT));
  const dump = gunzipSync(text("state_before.txt.gz")).toString("latin1");
  const log = gunzipSync(text("dmesg.txt.gz")).toString("latin1");
  const head = (start: string) => fields(dump.split("\n").find((line) => line.startsWith(start)) ?? "");
  const constants = head("const ");
  const freed = [...log.matchAll(/Freeing (?:initrd|unused kernel)[^:]*memory: (\d+)K/g)];
  const lateKib = freed.reduce((sum, match) => sum + Number(match[1]), 0);
  return {
    set,
    kernel: /release=6\.1\./.test(dump) ? "6.1" : "6.12",
    cpus: head("LABDUMP ").online_cpus ?? 0,
    constants,
    system: head("sys "),
    cmdline: text("cmdline.txt").toString("latin1"),
    zones: parseZones(dump),
    areas: [...dump.matchAll(/^cma \d+ (\S+) base_pfn=(\d+) count=(\d+) order_per_bit=(\d+)/gm)].map(
      (match) => ({
        name: match[1] ?? "",
        base: Number(match[2]),
        count: Number(match[3]),
        orderPerBit: Number(match[4]),
      }),
    ),
    banks: [...log.matchAll(/\bnode +0: \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\]/g)].map((match) => ({
      start: Number(match[1]),
      end: Number(match[2]) + 1,
    })),
    latePages: lateKib / 2 ** ((constants.page_shift ?? 12) - 10),
  };
}

export const capturesPresent = existsSync(ROOT);

/** All sets that lie beside the project, or none. */
export function loadCaptures(): Capture[] {
  if (!capturesPresent) return [];
  const sets = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return sets.map((entry) => parseCapture(entry.name)).sort((a, b) => a.set.localeCompare(b.set));
}
