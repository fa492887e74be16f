// Knows: how the two texts of a trace become one stream, whatever names tasks and areas have.

import { describe, expect, it } from "vitest";
import { CallError } from "../../../bindings/engine/errors.js";
import {
  type CaptureTrace,
  countEvents,
  traceEvent,
  traceEvents,
} from "../../../bindings/importers/capture/trace/columns.js";
import {
  contigLabelsAreShifted,
  contigMigrateInfo,
} from "../../../bindings/importers/capture/trace/contig_info.js";
import { fieldSlot, LAB_LAYOUTS, TraceKind } from "../../../bindings/importers/capture/trace/kinds.js";
import { parseTrace, TraceBuilder } from "../../../bindings/importers/capture/trace/trace.js";

const OPTIONS = { gfpEra: "6.12" } as const;

function head(task: string, time = "5.000001", cpu = "000", flags = "....."): string {
  const [, comm, pid] = /^(.*)-(\d+)$/.exec(task) as unknown as [string, string, string];
  return `${comm.padStart(16)}-${pid.padEnd(7)} [${cpu}] ${flags} ${time.padStart(12)}: `;
}

function lab(index: number, text: string): string {
  return [index, "dio-117", "000", "d....", "2.675209", text].join("\t");
}

function parse(lines: string[], labLines: string[] = []): CaptureTrace {
  return parseTrace(
    `# tracer: nop\n#\n${lines.join("\n")}\n`,
    ["# IDX", ...labLines, ""].join("\n"),
    OPTIONS,
  );
}

function fieldsOf(line: string, task = "init-1"): Record<string, number | string> {
  const trace = parse([head(task) + line]);
  expect(trace.issues).toEqual([]);
  return traceEvent(trace, 0).fields;
}

const FREE = "mm_page_free: page=(____ptrval____) pfn=0x1f order=2";

describe("standard events", () => {
  it("carry task, cpu, context and time", () => {
    const trace = parse([head("kworker/0:1-7", "2.655908", "013", "dNh1.") + FREE]);
    expect(trace).toMatchObject({ length: 1, clock: "seconds", standardCount: 1, lostEvents: 0, issues: [] });
    const event = traceEvent(trace, 0);
    expect(event).toMatchObject({
      name: "mm_page_free",
      comm: "kworker/0:1",
      pid: 7,
      cpu: 13,
      context: "dNh1.",
    });
    expect(event).toMatchObject({ kind: TraceKind.MM_PAGE_FREE, time: 2655908000, line: 3 });
    expect(parse([head("init-1", "4863") + FREE])).toMatchObject({ clock: "counter" });
    expect(traceEvent(parse([head("init-1", "4863") + FREE]), 0).time).toBe(4863);
  });

  it.each([
    "a b-12",
    "x-1 [000] y-77",
    "[kworker]-9",
    "--8",
    "<idle>-0",
    "a-2147-4194304",
    "-1-2",
    "15characterslon-5",
    "grün-3",
  ])("of the task %s", (task) => {
    const event = traceEvent(parse([head(task) + FREE]), 0);
    expect(`${event.comm}-${event.pid}`).toBe(task);
    expect(event.fields).toEqual({ pfn: 31, order: 2 });
  });

  it("with a thread group, without flags, without padding", () => {
    const bodies = ["sh-9   (     12) [001] d.... 7: ", "sh-9 (-------) [001] d.... 7: ", "sh-9 [001] 7: "];
    for (const body of bodies) {
      expect(traceEvent(parse([body + FREE]), 0)).toMatchObject({ comm: "sh", pid: 9, cpu: 1, time: 7 });
    }
  });

  it("have their fields by name", () => {
    expect(
      fieldsOf(
        "mm_page_alloc: page=(____ptrval____) pfn=0x970f order=0 migratetype=0 gfp_flags=GFP_KERNEL_ACCOUNT|__GFP_ZERO",
      ),
    ).toEqual({ pfn: 0x970f, order: 0, migratetype: 0, gfp_flags: 0x400dc0 });
    expect(
      fieldsOf("mm_page_alloc: page=00000000 pfn=0x0 order=9 migratetype=1 gfp_flags=0xdc0")["pfn"],
    ).toBe(0);
    expect(
      fieldsOf(
        "mm_page_alloc_zone_locked: page=(____ptrval____) pfn=0x2314 order=1 migratetype=1 percpu_refill=1",
      ),
    ).toEqual({ pfn: 0x2314, order: 1, migratetype: 1, percpu_refill: 1 });
    expect(
      fieldsOf(
        "mm_page_alloc_extfrag: page=(____ptrval____) pfn=0x16800 alloc_order=0 fallback_order=10 pageblock_order=9 alloc_migratetype=0 fallback_migratetype=1 fragmenting=0 change_ownership=1",
      ),
    ).toMatchObject({ pfn: 0x16800, fallback_order: 10, change_ownership: 1 });
    expect(fieldsOf("test_pages_isolated: start_pfn=0x1 end_pfn=0x2 fin_pfn=0x1 ret=fail")).toEqual({
      start_pfn: 1,
      end_pfn: 2,
      fin_pfn: 1,
      ret: "fail",
    });
    expect(
      fieldsOf("mm_compaction_isolate_freepages: range=(0x1ff00 ~ 0x1fe00) nr_scanned=256 nr_taken=3"),
    ).toEqual({ range: 0x1ff00, range_end: 0x1fe00, nr_scanned: 256, nr_taken: 3 });
    expect(
      fieldsOf(
        "mm_compaction_end: zone_start=0x1000 migrate_pfn=0x1 free_pfn=0x2 zone_end=0x3ffda, mode=async status=success",
      ),
    ).toMatchObject({ zone_end: 0x3ffda, mode: "async", status: "success" });
  });

  it("of both eras of cma", () => {
    const old =
      "cma_alloc_finish: name=reserved pfn=0xffffffffffffffff page=0000000000000000 count=456 align=8";
    expect(fieldsOf(old)).toEqual({ name: "reserved", pfn: -1, page: 0, count: 456, align: 8 });
    expect(fieldsOf(`${old} errorno=-16`)["errorno"]).toBe(-16);
    expect(fieldsOf("cma_release: name=r pfn=0x10 page=(____ptrval____) count=1")["page"]).toBe(1);
    expect(
      fieldsOf(
        "cma_alloc_start: name=reserved request_count=4 available_count=8096 total_count=8192 align=0",
      ),
    ).toEqual({ name: "reserved", request_count: 4, available_count: 8096, total_count: 8192, align: 0 });
  });

  it("of areas with blanks or a line end in their names", () => {
    expect(fieldsOf("cma_alloc_start: name=my own area count=4 align=0")["name"]).toBe("my own area");
    const trace = parse(
      [`${head("a-1")}cma_alloc_start: name=cma0`, " count=4 align=3", head("a-1") + FREE],
      [lab(1, "op 5")],
    );
    expect(trace.issues).toEqual([]);
    expect(Array.from(traceEvents(trace), ({ name, line }) => [name, line])).toEqual([
      ["cma_alloc_start", 3],
      ["LAB:op", 2],
      ["mm_page_free", 5],
    ]);
    expect(traceEvent(trace, 0).fields).toEqual({ name: "cma0", count: 4, align: 3 });
  });

  it("that no table knows keep their fields", () => {
    const trace = parse([
      `${head("a-1")}mm_new: pfn=0x10 who=me and you n=-5`,
      `${head("a-1")}mm_new: pfn=0x11 who=he n=7`,
      `${head("a-1")}tracing_mark_write: hello, world`,
    ]);
    expect(Array.from(traceEvents(trace), ({ fields }) => fields)).toEqual([
      { pfn: 16, who: "me and you", n: -5 },
      { pfn: 17, who: "he", n: 7 },
      { text: "hello, world" },
    ]);
    expect(trace.issues.map(({ severity, message }) => [severity, message])).toEqual([
      ["info", 'unknown event "mm_new": its fields are kept as they come'],
      ["info", 'unknown event "tracing_mark_write": its fields are kept as they come'],
    ]);
  });
});

describe("LAB lines", () => {
  it("stand before the event of their number, in their own order", () => {
    const lines = [0, 1, 2].map((n) => `${head("a-1", `${n}`)}mm_page_free: page=1 pfn=${n} order=0`);
    const trace = parse(lines, [lab(0, "op 0"), lab(2, "op 1"), lab(2, "op 2"), lab(3, "op 3")]);
    expect(trace.issues).toEqual([]);
    expect(trace).toMatchObject({ length: 7, standardCount: 3, labCount: 4 });
    expect(Array.from(traceEvents(trace), ({ fields }) => fields["row"] ?? `pfn ${fields["pfn"]}`)).toEqual([
      0,
      "pfn 0",
      "pfn 1",
      1,
      2,
      "pfn 2",
      3,
    ]);
    expect(countEvents(trace)).toEqual({ "LAB:op": 4, mm_page_free: 3 });
  });

  it("have their fields by name, positional ones too", () => {
    const trace = parse(
      [],
      [
        lab(0, "below_high zone=DMA 1"),
        lab(0, "refill zone=DMA32 order=0 mt=1 want=31 aflags=0x881 free=15273 cma=8515"),
        lab(0, "trylock_fail free pfn=65234 order=1"),
        lab(0, "vmfold zone=DMA32 item=cma cpu=0 diff=-5"),
        lab(0, "freelist_rot_head pfn=377924013307 order=2176007936"),
        lab(0, "mig src=1 dst=2 slot=3"),
        lab(0, "acr_end ret=-16"),
      ],
    );
    expect(trace.issues).toEqual([]);
    expect(Array.from(traceEvents(trace), ({ fields }) => fields)).toEqual([
      { zone: "DMA", value: 1 },
      { zone: "DMA32", order: 0, mt: 1, want: 31, aflags: 0x881, free: 15273, cma: 8515 },
      { side: "free", pfn: 65234, order: 1 },
      { zone: "DMA32", item: "cma", cpu: 0, diff: -5 },
      { pfn: 377924013307, order: 2176007936 },
      { src: 1, dst: 2, slot: 3 },
      { ret: -16 },
    ]);
  });

  it("of an unknown kind are kept and reported", () => {
    const trace = parse([], [lab(0, "novelty zone=DMA n=5")]);
    expect(traceEvent(trace, 0)).toMatchObject({ name: "LAB:novelty", fields: { zone: "DMA", n: 5 } });
    expect(trace.kind[0]).toBe(TraceKind.LAB_OTHER);
    expect(trace.issues).toEqual([
      {
        severity: "warning",
        file: "trace_lab.txt",
        line: 2,
        message: 'unknown LAB kind "novelty": its fields are kept as they come',
      },
    ]);
  });

  it("that are damaged are named", () => {
    const event = [head("a-1") + FREE];
    const message = (line: string): string =>
      parse(event, [line])
        .issues.map((issue) => issue.message)
        .join();
    expect(message("0\tdio-117\t000\top 5")).toMatch(/left out; expected IDX, TASK-PID, CPU/);
    expect(message(lab(0, "refill zone=DMA32 order=0 want=31 aflags=0x881"))).toBe("refill: no usable mt=");
    expect(message(lab(0, "isolate pfn=12z"))).toMatch(/isolate: pfn="12z" is not a number/);
    expect(message(lab(7, "op 5"))).toBe("IDX 7, but the trace has only 1 events");
    expect(parse(event, [lab(1, "op 5"), lab(0, "op 6")]).issues[0]?.message).toMatch(/IDX 0 after IDX 1/);
  });

  it("every kind of the table is named once", () => {
    const kinds = [...LAB_LAYOUTS.values()].map(({ kind }) => kind);
    const all = Object.values(TraceKind).filter(
      (kind) => typeof kind === "number" && kind >= TraceKind.LAB_OP,
    );
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(kinds.length).toBe(all.length - 1);
  });
});

describe("what is wrong with a trace", () => {
  it("is an issue at its line, and the rest is read", () => {
    const trace = parse(
      [
        head("a-1") + FREE,
        "what is this",
        "CPU:0 [LOST 12 EVENTS]",
        "##### CPU 1 buffer started ####",
        `${head("a-1")}mm_page_free: page=(____ptrval____) pfn=0x1f`,
        head("a-1") + FREE.replace("order=2", "order=2 colour=red"),
      ],
      [lab(3, "op 9")],
    );
    expect(trace).toMatchObject({ standardCount: 3, lostEvents: 12, length: 4 });
    expect(trace.issues.map(({ severity, line, message }) => [severity, line, message])).toEqual([
      ["error", 4, '"what is this" is not a trace event and was left out'],
      ["warning", 5, "the kernel lost events here (CPU:0 [LOST 12 EVENTS])"],
      ["error", 7, "mm_page_free: no usable order="],
      ["info", 8, "mm_page_free: unknown field colour="],
    ]);
    // The unreadable line keeps its number: LAB line 3 stands before the last event.
    expect(Array.from(traceEvents(trace), ({ line }) => line)).toEqual([3, 7, 2, 8]);
  });

  it("many equal ones are counted, not listed", () => {
    const trace = parse([head("a-1") + FREE, ...Array.from({ length: 500 }, () => "noise")]);
    expect(trace.issues).toHaveLength(11);
    expect(trace.issues.at(-1)?.message).toMatch(/^490 more like this/);
  });

  it("a text that is no trace at all is an error", () => {
    expect(() => parse(["Hello", "World"])).toThrow(
      /^trace.txt:1: none of its 2 lines is a trace event; expected/,
    );
  });

  it("unknown flag names of another kernel", () => {
    const line = `${head("a-1")}mm_page_alloc: page=1 pfn=0x1 order=0 migratetype=0 gfp_flags=__GFP_ATOMIC`;
    expect(parse([line]).issues[0]?.message).toMatch(/__GFP_ATOMIC.* kernel era does not know/);
    expect(parseTrace(line, undefined, { gfpEra: "6.1" }).issues).toEqual([]);
  });
});

describe("pieces", () => {
  it("of any size give the same trace", () => {
    const lines = Array.from({ length: 50 }, (_, n) =>
      n % 7 === 0
        ? `${head("a b-1", `${n}`)}cma_alloc_start: name=cma0\n count=${n} align=3`
        : `${head("c-2", `${n}`)}mm_page_free: page=1 pfn=0x${n.toString(16)} order=0`,
    );
    const text = `# tracer: nop\n${lines.join("\n")}\n`;
    const labText = [lab(3, "op 0"), lab(50, "op 1")].join("\n");
    const whole = parseTrace(text, labText, OPTIONS);
    expect(whole.length).toBe(52);
    for (const size of [1, 7, 64, 1000]) {
      const builder = new TraceBuilder(labText, OPTIONS);
      for (let at = 0; at < text.length; at += size) {
        builder.push(text.slice(at, at + size));
      }
      expect(builder.finish()).toEqual(whole);
    }
  });
});

describe("memory", () => {
  it("stays below 80 bytes an event for the usual events", () => {
    const line = `${head("anonfill-99")}mm_page_alloc: page=(____ptrval____) pfn=0x970f order=0 migratetype=0 gfp_flags=GFP_KERNEL\n`;
    const trace = parseTrace(line.repeat(20_000), undefined, OPTIONS);
    const bytes = Object.values(trace).reduce(
      (sum, column) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0),
      0,
    );
    expect(bytes / trace.length).toBeLessThan(80);
  });
});

describe("field slots", () => {
  it("are where the values are", () => {
    const trace = parse([head("a-1") + FREE]);
    expect(trace.args[(trace.argStart[0] as number) + fieldSlot(TraceKind.MM_PAGE_FREE, "order")]).toBe(2);
    expect(() => fieldSlot(TraceKind.MM_PAGE_FREE, "page")).toThrow(CallError);
    expect(() => fieldSlot(TraceKind.OTHER, "pfn")).toThrow(CallError);
  });
});

describe("mm_alloc_contig_migrate_range_info", () => {
  const line = (a: number, b: number, c: number, d: number): string =>
    `${head("a-1")}mm_alloc_contig_migrate_range_info: start=0x10 end=0x20 migratetype=${a} nr_migrated=${b} nr_reclaimed=${c} nr_mapped=${d}`;

  it("is put right for kernels that print it under the wrong labels", () => {
    const trace = parse([line(4316, 4, 4324, 7), line(4, 4, 4, 0)]);
    expect(contigLabelsAreShifted(trace)).toBe(true);
    expect(contigMigrateInfo(trace, 0, true)).toEqual({
      start: 16,
      end: 32,
      migratetype: 4,
      migrated: 4324,
      reclaimed: 7,
      mapped: 4316,
    });
  });

  it("is left alone where it is right", () => {
    const trace = parse([line(4, 32, 0, 32)]);
    expect(contigLabelsAreShifted(trace)).toBe(false);
    expect(contigMigrateInfo(trace, 0, false)).toMatchObject({ migratetype: 4, migrated: 32, mapped: 32 });
  });
});
