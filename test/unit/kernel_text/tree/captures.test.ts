// Knows: the files of /proc and debugfs that were read beside each captured state, and what the tree must show instead.
// Must not know: how the tree finds its numbers.
//
// The files were read some seconds before the state was dumped: their layout must be equal to the byte, their counts
// may have moved. The counts themselves must be those of the dump.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { runShell } from "../../../../bindings/cli/shell/shell.js";
import { parseStateDumps } from "../../../../bindings/importers/capture/dump/dump.js";
import { DebugTree } from "../../../../bindings/kernel_text/tree/index.js";
import { Machine } from "../../../../bindings/machine/machine.js";
import type { MachineState, ZoneState } from "../../../../bindings/state/types.js";

const ROOT = new URL("../../../../../shared/data/kernel/", import.meta.url);
const present = existsSync(ROOT);
const sets = present
  ? readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  : [];

function read(set: string, name: string): string {
  return gunzipSync(readFileSync(new URL(`${set}/${name}.gz`, ROOT))).toString("latin1");
}

/** Numbers with the spaces in front of them, so that columns must stay where they are. */
function layout(text: string): string {
  return text.replace(/ +\d+/g, (match) => "#".repeat(match.length));
}

/** Numbers at the ends of lines may have any length. */
function shape(text: string): string {
  return text.replace(/\d+/g, "#");
}

/** What zoneinfo says of each zone, by the first word of the line; the first of several is kept. */
function zoneValues(text: string, name: string): Map<string, string> {
  const zone =
    text.split(/^(?=Node )/m).find((part) => new RegExp(`^Node 0, zone +${name}\n`).test(part)) ?? "";
  const sizes = zone.slice(zone.indexOf("  pages free"));
  const values = new Map<string, string>();
  for (const [, key = "", value = ""] of sizes.matchAll(/^ +(?:pages )?([\w ]+?):? +(\(.*\)|\d+)$/gm)) {
    if (!values.has(key)) values.set(key, value);
  }
  return values;
}

function expectedValues(zone: ZoneState, state: MachineState): [string, number | string][] {
  const { watermark, counters, pcps } = zone;
  const mark = (value: number): number => value + watermark.boost;
  const pcp = pcps[0];
  return [
    ["free", counters.freePages],
    ["boost", watermark.boost],
    ["min", mark(watermark.min)],
    ["low", mark(watermark.low)],
    ...(/^6\.1\./.test(state.release) ? [] : [["promo", mark(watermark.promo)] as [string, number]]),
    ["spanned", zone.spanned],
    ["present", zone.present],
    ["managed", zone.managed],
    ["cma", zone.cmaPages],
    ["protection", `(${zone.lowmemReserve.join(", ")})`],
    ["nr_free_pages", counters.freePages],
    ["nr_free_cma", counters.freeCma],
    ["count", pcp?.count ?? -1],
    ["batch", pcp?.batch ?? -1],
    ["vm stats threshold", pcp?.statThreshold ?? -1],
    ["start_pfn", zone.start],
  ];
}

/** Lines of zoneinfo and vmstat in which free pages and per-CPU lists may have moved. */
const MOVED = /^ *(pages free|high:|count:|nr_free_pages|nr_free_cma) +\d+$/;

describe.skipIf(!present).each(sets)("%s", (set) => {
  let machine: Machine;
  let state: MachineState;
  /** With the captured files as the start of its counters, and without. */
  let tree: DebugTree;
  let bare: DebugTree;

  beforeAll(async () => {
    state = parseStateDumps(read(set, "state_before.txt"), set)[0]!;
    machine = await Machine.fromState(state);
    bare = new DebugTree(machine);
    const file = (name: string) => read(set, `before/${name}.txt`);
    const captured = { zoneinfo: file("zoneinfo"), vmstat: file("vmstat"), cmaSysfs: file("cma_sysfs") };
    tree = new DebugTree(machine, { captured });
    return () => machine.dispose();
  });

  it("buddyinfo and pagetypeinfo: the layout of the files, the counts of the dump", () => {
    expect(layout(tree.read("buddyinfo"))).toBe(layout(read(set, "before/buddyinfo.txt")));
    expect(layout(tree.read("pagetypeinfo"))).toBe(layout(read(set, "before/pagetypeinfo.txt")));
    const rows = tree.read("buddyinfo").trimEnd().split("\n");
    expect(rows.map((row) => row.trim().split(/ +/).slice(4).map(Number))).toEqual(
      state.zones.map((zone) => zone.nrFree),
    );
    const types = tree.read("pagetypeinfo");
    for (const zone of state.zones) {
      const free = [...types.matchAll(new RegExp(`zone +${zone.name}, type +\\S+ (.*)$`, "gm"))];
      const counts = free.map(([, row = ""]) => row.trim().split(/ +/).map(Number));
      for (const { order, migratetype, pfns } of zone.free) counts[migratetype]![order]! -= pfns.length;
      expect(counts.flat().filter((left) => left !== 0)).toEqual([]);
      const blocks = new RegExp(`^Node 0, zone +${zone.name} +([\\d ]+)$`, "m").exec(types)?.[1] ?? "";
      const expected = [0, 1, 2, 3, 4, 5].map(
        (type) => zone.pageblocks.types.filter((of) => of === type).length,
      );
      expect(blocks.trim().split(/ +/).map(Number)).toEqual(expected);
    }
  });

  it("zoneinfo: the lines of the file, the counts of the dump, with captured files and without", () => {
    const file = read(set, "before/zoneinfo.txt");
    for (const text of [tree.read("zoneinfo"), bare.read("zoneinfo")]) {
      expect(shape(text)).toBe(shape(file));
      for (const zone of state.zones) {
        const values = zoneValues(text, zone.name);
        for (const [key, value] of expectedValues(zone, state))
          expect(`${key} ${values.get(key)}`).toBe(`${key} ${value}`);
      }
    }
  });

  it("zoneinfo and vmstat differ from the files only where pages have moved", () => {
    for (const name of ["zoneinfo", "vmstat"]) {
      const theirs = read(set, `before/${name}.txt`).split("\n");
      const ours = tree.read(name).split("\n");
      expect(ours).toHaveLength(theirs.length);
      const moved = theirs.flatMap((line, i) => (line === ours[i] ? [] : [line]));
      expect(moved.filter((line) => !MOVED.test(line))).toEqual([]);
    }
  });

  it("vmstat without captured files: the lines that the machine has, in the order of the file", () => {
    const order = read(set, "before/vmstat.txt")
      .split("\n")
      .map((line) => line.split(" ")[0]);
    const ours = bare
      .read("vmstat")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[0]);
    expect(ours.length).toBeGreaterThan(10);
    expect(order.filter((name) => ours.includes(name))).toEqual(ours);
  });

  it("the CMA files are equal", () => {
    const files = [read(set, "before/cma_debugfs.txt"), read(set, "before/cma_sysfs.txt")].join("");
    const lines = files.split("\n").filter((line) => line !== "");
    expect(lines.length > 0).toBe(state.areas.length > 0);
    for (const line of lines) {
      const [, area = "", name = "", text] = /^(\S+) (\w+): (.*)$/.exec(line) ?? [];
      expect(`${name}: ${tree.read(`cma/${area}/${name}`)}`).toBe(`${name}: ${text}\n`);
    }
  });

  it("per-CPU lists and free lists are those of the dump, in order", () => {
    const numbers = (path: string) => tree.read(path).split("\n").filter(Boolean).map(Number);
    for (const zone of state.zones) {
      const types = ["Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate"];
      const longest = zone.free.toSorted((a, b) => b.pfns.length - a.pfns.length)[0];
      if (longest === undefined) continue;
      const path = `node-0/zone-${zone.name}/order-${longest.order}/migrate-${types[longest.migratetype]}`;
      expect(numbers(`${path}/pfns`)).toEqual(Array.from(longest.pfns));
      for (const pcp of zone.pcps) {
        const first = pcp.lists.find(({ pindex }) => pindex < 12);
        if (first === undefined) continue;
        const list = `list-${Math.floor(first.pindex / 3)}-${types[first.pindex % 3]}`;
        expect(numbers(`node-0/zone-${zone.name}/pcp/cpu-${pcp.cpu}/${list}`)).toEqual(
          Array.from(first.pfns),
        );
      }
    }
  });
});

describe.skipIf(!present)("pageblock shell --capture", () => {
  // One of each kind; the last has no area, so that one of its files is empty.
  it.each([
    "e01_plenty_s1",
    "e16_smp2_plenty_s16",
    "a16k_c01_cma_nxp",
    "k61_c01_cma_nxp",
    "e19_nocma_pressure_s19",
  ])("%s: starts from the files beside the state", async (set) => {
    const text: string[] = [];
    const sink = new Writable({ write: (chunk, _, done) => done(void text.push(String(chunk))) });
    const streams = { input: Readable.from([]), output: sink, error: sink };
    const capture = fileURLToPath(new URL(set, ROOT));
    await runShell({ capture, command: "cat zoneinfo vmstat" }, streams);
    const theirs = (read(set, "before/zoneinfo.txt") + read(set, "before/vmstat.txt")).split("\n");
    const ours = text.join("").split("\n");
    expect(ours).toHaveLength(theirs.length);
    expect(theirs.filter((line, i) => line !== ours[i] && !MOVED.test(line))).toEqual([]);
  });
});

/** The text behind the time stamp; the log is cut where a line is longer than the kernel's record. */
const available = (line: string) =>
  /cma: number of available pages: .*=> \d+ free of \d+ total pages$/.exec(line)?.[0];

describe.skipIf(!present)("the kernel log", () => {
  it("a failed request writes what the kernel wrote, for the same bitmap", async () => {
    let lines = 0;
    for (const set of ["a16k_c01_cma_nxp", "c01_cma_nxp"]) {
      const { areas } = parseStateDumps(read(set, "state_before.txt"), set)[0]!;
      const area = areas[0]!;
      for (const text of read(set, "dmesg.txt")
        .split("\n")
        .flatMap((line) => available(line) ?? [])) {
        using machine = await emptyArea(area.count);
        const tree = new DebugTree(machine);
        takeAllBut(machine, text);
        // More than any run has: it fails, and the list follows.
        expect(() => tree.write("cma/reserved/alloc", String(area.count))).toThrow();
        expect(tree.read("dmesg")).toContain(`${text}\n`);
        lines += 1;
      }
    }
    expect(lines).toBeGreaterThan(10);
  });
});

/** A machine with one area of so many pages. */
async function emptyArea(pages: number): Promise<Machine> {
  const { getPreset } = await import("../../../../bindings/device/index.js");
  const { bytes, MiB } = await import("../../../../bindings/engine/units.js");
  const tiny = getPreset("tiny");
  return Machine.create({
    ...tiny,
    memory: [{ start: MiB(64), size: bytes(MiB(64) + pages * 4096) }],
    areas: [{ name: "reserved", size: bytes(pages * 4096) }],
    reserved: [],
  });
}

/** Gives out everything that the line does not call free. */
function takeAllBut(machine: Machine, text: string): void {
  const { basePfn = 0, pages = 0 } = machine.cma.area(0).ranges[0] ?? {};
  machine.cma.allocate({ area: 0, pages });
  for (const [, size, start] of text.matchAll(/(\d+)@(\d+)/g)) {
    machine.cma.release(0, basePfn + Number(start), Number(size));
  }
}
