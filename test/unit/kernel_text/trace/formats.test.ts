// Knows: that exported traces have the shape of real ones, that nothing is lost in silence, that both formats say the same.
// Must not know: what a failure means.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { PbfReader } from "pbf";
import { describe, expect, it } from "vitest";
import { EventKind, RecordGroup } from "../../../../assembly/abi/events.js";
import { PinKind } from "../../../../assembly/abi/vocabulary.js";
import { EventReader, setRecorded } from "../../../../bindings/engine/events.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../../bindings/engine/gfp.js";
import { GFP_NAMES, parseGfp } from "../../../../bindings/importers/capture/trace/gfp_names.js";
import { collect } from "../../../../bindings/importers/collect.js";
import {
  ALL_EVENTS,
  ftracePieces,
  gfpText,
  type Recording,
  recordTrace,
  toDmesg,
  toFtrace,
  toPerfetto,
  tracepoints,
} from "../../../../bindings/kernel_text/trace/index.js";
import { Machine } from "../../../../bindings/machine/machine.js";
import { AREA, BASE, KERNELS, type Kernel, place, placeAll, small } from "../../../cma/small.js";

/** A run with every kind of event that has a tracepoint. */
async function eventful(kernel: Kernel, events = 2 ** 17): Promise<Recording> {
  using machine = await small(kernel, { eventRing: events });
  const recorder = recordTrace(machine);
  machine.setClock(5_207_199_000);
  machine.churn({ steps: 4000, seed: 5, freeShare: 0.1, unmovable: 40 });
  machine.setClock(6_655_421_123);
  recorder.poll();
  for (let i = 0; i < 200; i++) machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE });
  recorder.poll();
  const request = machine.cma.allocate({ area: AREA, pages: 20, align: 2 });
  if (request.ok) machine.cma.release(AREA, request.pfn, 20);
  machine.drainAll();
  return recorder.finish();
}

async function recordedRequest(kernel: Kernel): Promise<Recording> {
  using machine = await small(kernel, { eventRing: 2 ** 16 });
  const recorder = recordTrace(machine);
  machine.setClock(5_207_199_000);
  placeAll(machine, BASE, BASE + 40, "anon");
  place(machine, BASE + 50, "file");
  machine.pin(BASE + 50, { kind: PinKind.SHORT });
  const request = machine.cma.allocate({ area: AREA, pages: 45 });
  expect(request.ok).toBe(true);
  machine.cma.release(AREA, request.pfn, 45);
  expect(machine.cma.allocate({ area: AREA, pages: 240 }).ok).toBe(false);
  return recorder.finish();
}

/** A line with its numbers taken out: what is left must be the same in a real trace. */
function shape(line: string): string {
  return line
    .replace(/^.{16}-\d+ +\[\d+\] \S{5} +[\d.]+: /, "")
    .replace(/name=\S+/, "name=NAME")
    .replace(/gfp_flags=\S+/, "gfp_flags=FLAGS")
    .replace(/0x[0-9a-f]+/g, "HEX")
    .replace(/page=(?:0{16}|\(____ptrval____\))/, "page=PAGE")
    .replace(/=-?\d+/g, "=N")
    .replace(/=(?:success|fail)$/, "=RESULT");
}

const CAPTURES = new URL("../../../../../shared/data/kernel/", import.meta.url);
const REAL: Readonly<Record<Kernel, readonly string[]>> = {
  "6.12": ["c01_cma_nxp", "d4_cma80_dio8_remap", "e08_frag_s8"],
  "6.1": ["k61_c01_cma_nxp", "k61_d4_cma80_dio8_remap"],
};

function realLines(kernel: Kernel): string[] {
  return REAL[kernel].flatMap((name) => {
    const path = new URL(`${name}/trace.txt.gz`, CAPTURES);
    return existsSync(path) ? gunzipSync(readFileSync(path)).toString().split("\n") : [];
  });
}

describe.each(KERNELS)("ftrace text, %s", (kernel) => {
  it.skipIf(!existsSync(CAPTURES))("every line has the shape of a real trace's line", async () => {
    const known = new Set(realLines(kernel).map(shape));
    const own = [
      ...toFtrace(await eventful(kernel)).split("\n"),
      ...toFtrace(await recordedRequest(kernel)).split("\n"),
    ];
    const strange = new Set(
      own.map(shape).filter((line) => line !== "" && !line.startsWith("#") && !known.has(line)),
    );
    expect([...strange]).toEqual([]);
    const names = new Set(own.flatMap((line) => /: (\w+): /.exec(line)?.[1] ?? []));
    expect([...names].sort()).toEqual(
      [
        "cma_alloc_busy_retry",
        "cma_alloc_finish",
        "cma_alloc_start",
        "cma_release",
        ...(kernel === "6.1" ? [] : ["mm_alloc_contig_migrate_range_info"]),
        "mm_migrate_pages",
        "mm_migrate_pages_start",
        "mm_page_alloc",
        "mm_page_alloc_extfrag",
        "mm_page_alloc_zone_locked",
        "mm_page_free",
        "mm_page_pcpu_drain",
        "test_pages_isolated",
      ].sort(),
    );
  });

  it("has a real trace's columns and time", async () => {
    const lines = toFtrace(await recordedRequest(kernel)).split("\n");
    expect(lines[2]).toMatch(/^# entries-in-buffer\/entries-written: (\d+)\/\1 {3}#P:1$/);
    const first = lines.find((line) => line.includes("cma_alloc_start"));
    expect(first).toBe(
      "        request0-1000    [000] .....     5.207199: cma_alloc_start: name=camera count=45 align=0",
    );
    expect(lines.at(-1)).toBe("");
  });

  it("is read by our own importer: the requests, their windows, the page that blocked", async () => {
    const facts = collect({ trace: toFtrace(await recordedRequest(kernel)) });
    expect(facts.requests.map(({ pages }) => pages)).toEqual([45, 240]);
    expect(facts.succeeded).toBe(1);
    const [failure] = facts.failures;
    expect(failure).toMatchObject({ area: AREA, pages: 240, align: 0 });
    expect([...(failure?.culprits ?? [])].map(([pfn]) => pfn)).toContain(BASE + 50);
    expect(facts.issues.filter(({ severity }) => severity !== "info")).toEqual([]);
  });

  it("in pieces is the same text", async () => {
    const recording = await recordedRequest(kernel);
    expect([...ftracePieces(recording, 7)].join("")).toBe(toFtrace(recording));
  });
});

describe("gfp flags", () => {
  it.each([
    "GFP_NOFS|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP|__GFP_HARDWALL",
    "GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO",
    "GFP_HIGHUSER|__GFP_ACCOUNT",
    "GFP_KERNEL_ACCOUNT|__GFP_COMP|__GFP_ZERO",
    "GFP_NOWAIT",
    "__GFP_IO|__GFP_FS|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP|__GFP_NOMEMALLOC|__GFP_RECLAIMABLE",
    "GFP_ATOMIC|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP",
    "none",
  ])("%s is printed as the kernel printed it", (text) => {
    expect(gfpText(parseGfp(text, GFP_NAMES["6.12"]), "6.12")).toBe(text);
  });

  it("what has no name is a number", () => {
    expect(gfpText(0x4000_0cc0, "6.12")).toBe("GFP_KERNEL|0x40000000");
  });
});

interface Decoded {
  readonly cpu: number;
  readonly id: number;
  readonly time: number;
  readonly pid: number;
  readonly body: Record<number, unknown>;
}

/** Enough of a protobuf reader to check a trace: field by field. */
function decode(bytes: Uint8Array): { events: Decoded[]; tasks: Record<number, string>; lost: boolean } {
  const events: Decoded[] = [];
  const tasks: Record<number, string> = {};
  let lost = false;
  const each = (pbf: PbfReader, end: number, visit: (tag: number) => boolean) => {
    while (pbf.pos < end) {
      const value = pbf.readVarint();
      if (!visit(value >> 3)) pbf.skip(value);
    }
  };
  const message = (pbf: PbfReader, visit: (tag: number) => boolean) =>
    each(pbf, pbf.readVarint() + pbf.pos, visit);
  const body = (pbf: PbfReader) => {
    const fields: Record<number, unknown> = {};
    const end = pbf.readVarint() + pbf.pos;
    while (pbf.pos < end) {
      const tag = pbf.readVarint();
      fields[tag >> 3] = (tag & 7) === 2 ? pbf.readString() : pbf.readVarint(true);
    }
    return fields;
  };
  const pbf = new PbfReader(bytes);
  each(pbf, bytes.length, (packet) => {
    expect(packet).toBe(1);
    message(pbf, (field) => {
      if (field === 2) {
        message(pbf, () => {
          const { 1: pid, 3: name } = body(pbf);
          tasks[Number(pid)] = String(name);
          return true;
        });
        return true;
      }
      expect(field).toBe(1);
      let cpu = -1;
      message(pbf, (inner) => {
        if (inner === 1) cpu = pbf.readVarint();
        else if (inner === 3) lost = pbf.readBoolean();
        else if (inner === 2) {
          const event = { cpu, id: 0, time: 0, pid: 0, body: {} as Record<number, unknown> };
          message(pbf, (tag) => {
            if (tag === 1) event.time = pbf.readVarint();
            else if (tag === 2) event.pid = pbf.readVarint();
            else {
              event.id = tag;
              event.body = body(pbf);
            }
            return true;
          });
          events.push(event);
        } else return false;
        return true;
      });
      return true;
    });
    return true;
  });
  return { events, tasks, lost };
}

describe("Perfetto", () => {
  it("says what the text says: every event with its time, task, CPU and fields", async () => {
    const recording = await recordedRequest("6.12");
    const { events, tasks, lost } = decode(toPerfetto(recording));
    const points = [...tracepoints(recording)];
    expect(events).toHaveLength(points.length);
    expect(lost).toBe(false);
    for (const [i, { pid, cpu, nanoseconds, comm }] of points.entries()) {
      expect(events[i]).toMatchObject({ pid, cpu, time: nanoseconds });
      expect(tasks[pid]).toBe(comm);
    }
    const finished = events.filter(({ id }) => id === 576).map((event) => event.body);
    expect(finished[0]).toMatchObject({ 1: AREA, 2: BASE, 4: 45, 5: 0, 6: 0 });
    expect(finished[1]).toMatchObject({ 1: AREA, 4: 240, 6: -16 });
    const started = events.find(({ id }) => id === 465)?.body;
    expect(started).toEqual({ 1: 0, 2: 45, 3: AREA });
    const freed = points.findIndex(({ name }) => name === "mm_page_free");
    expect(events[freed]?.id).toBe(310);
    const generic = events.filter(({ id }) => id === 327).map((event) => event.body[1]);
    expect(new Set(generic)).toEqual(
      new Set([
        "cma_alloc_busy_retry",
        "cma_release",
        "mm_migrate_pages",
        "mm_migrate_pages_start",
        "test_pages_isolated",
      ]),
    );
  });

  it("tells that events were lost", async () => {
    const recording = await eventful("6.12", 64);
    expect(recording.lost).toBeGreaterThan(0);
    expect(decode(toPerfetto(recording)).lost).toBe(true);
    expect(toFtrace(recording)).toContain(`[LOST ${recording.lost} EVENTS]`);
  });
});

describe("a recording", () => {
  it("loses nothing while each slice fits, whatever the slices", async () => {
    const run = async (slice: number, events: number) => {
      using machine = await Machine.create("tiny", { eventRing: events });
      const recorder = recordTrace(machine);
      machine.churn({ steps: 0, seed: 9, freeShare: 0.2 });
      for (let done = 0; done < 3000; done += slice) {
        machine.continueChurn(slice);
        recorder.poll();
      }
      return recorder.finish();
    };
    const whole = await run(3000, 2 ** 17);
    const sliced = await run(10, 2048);
    expect([whole.lost, sliced.lost]).toEqual([0, 0]);
    expect([...sliced.events()]).toEqual([...whole.events()]);
    const torn = await run(3000, 256);
    expect(torn.lost + torn.count).toBe(whole.count);
    expect([...torn.events()]).toEqual([...whole.events()].slice(-256));
  });

  it("does not change the machine, and ends with what was recorded before it", async () => {
    using silent = await small("6.12");
    using told = await small("6.12");
    setRecorded(told.engine, RecordGroup.DECISIONS);
    const recorder = recordTrace(told);
    for (const machine of [silent, told]) {
      machine.churn({ steps: 3000, seed: 2, freeShare: 0.1 });
      const request = machine.cma.allocate({ area: AREA, pages: 40 });
      if (request.ok) machine.cma.release(AREA, request.pfn, 40);
    }
    expect(recorder.finish().count).toBeGreaterThan(1000);
    expect(told.digest()).toBe(silent.digest());
    expect(setRecorded(told.engine, 0)).toBe(RecordGroup.DECISIONS);
  });

  it("has the groups that were asked for alone", async () => {
    using machine = await small("6.12");
    const groups: [number, (kind: EventKind) => boolean][] = [
      [RecordGroup.DECISIONS, (kind) => kind <= EventKind.COMPACT],
      [RecordGroup.PAGES, (kind) => kind === EventKind.PAGE_ALLOC || kind === EventKind.PAGE_FREE],
      [RecordGroup.PCP, (kind) => kind === EventKind.PCP_DRAIN_PAGE || kind === EventKind.PCP_REFILL_PAGE],
      [RecordGroup.CMA, (kind) => kind >= EventKind.CMA_START],
      [ALL_EVENTS, () => true],
    ];
    for (const [group, belongs] of groups) {
      const recorder = recordTrace(machine, group);
      machine.churn({ steps: 500, seed: group });
      machine.cma.allocate({ area: AREA, pages: 4 });
      const kinds = [...recorder.finish().events()].map(({ kind }) => kind);
      expect(kinds.length, RecordGroup[group]).toBeGreaterThan(0);
      expect(kinds.filter((kind) => !belongs(kind))).toEqual([]);
    }
  });

  it("every page allocated is freed or still there", async () => {
    using machine = await small("6.12", { eventRing: 2 ** 16 });
    const reader = new EventReader(machine.engine);
    setRecorded(machine.engine, RecordGroup.PAGES);
    machine.churn({ steps: 6000, seed: 12, freeShare: 0.3 });
    const held = new Map<number, number>();
    reader.drain(({ kind, a, b }) => {
      if (kind === EventKind.PAGE_ALLOC && a !== 0xffff_ffff) {
        expect(held.has(a)).toBe(false);
        held.set(a, b);
      } else if (kind === EventKind.PAGE_FREE) {
        expect(held.get(a)).toBe(b);
        held.delete(a);
      }
    });
    const { allocated, released } = machine.churnResult();
    expect(held.size).toBe(allocated - released);
    for (const [pfn, order] of held) expect(machine.views.frame(pfn).order).toBe(order);
  });
});

it("the log of an area of several ranges has a line for each", async () => {
  using machine = await Machine.create("tiny-ranges");
  const [area] = machine.cma.areas;
  if (area === undefined) throw new Error("no area");
  const text = toDmesg(machine, { area: area.name, pages: 9999, errno: -16, nanoseconds: 1_500_000_000 });
  const lines = text.trimEnd().split("\n");
  expect(lines[0]).toBe(
    `[    1.500000] cma: __cma_alloc: ${area.name}: alloc failed, req-size: 9999 pages, ret: -16`,
  );
  expect(lines).toHaveLength(3 + area.ranges.length);
  const [failure] = collect({ log: text }).failures;
  expect(failure?.list).toMatchObject({ free: area.pages, total: area.pages, hasRanges: true });
});
