// Knows: that every capture of a real kernel that lies here is read without a doubt: no contradiction in any dump, every
// count as its makers counted, and the same events as a second, slow reader finds.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Migratetype } from "../../../assembly/abi/vocabulary.js";
import type { Capture } from "../../../bindings/importers/capture/capture.js";
import { DirectoryFiles, readCaptureDirectory } from "../../../bindings/importers/capture/node.js";
import { countOps } from "../../../bindings/importers/capture/script/ops.js";
import { countEvents, traceEvent } from "../../../bindings/importers/capture/trace/columns.js";
import {
  contigLabelsAreShifted,
  contigMigrateInfo,
} from "../../../bindings/importers/capture/trace/contig_info.js";
import { GFP_NAMES, parseGfp } from "../../../bindings/importers/capture/trace/gfp_names.js";
import { TraceKind } from "../../../bindings/importers/capture/trace/kinds.js";
import { checkState } from "../../../bindings/state/check.js";

const ROOT = fileURLToPath(new URL("../../../../shared/data/kernel", import.meta.url));
const SETS = existsSync(ROOT)
  ? readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, "meta.json")))
  : [];

describe.skipIf(SETS.length === 0)("captures of real kernels", () => {
  it.each(SETS)("%s", (name) => {
    const capture = readCaptureDirectory(join(ROOT, name), { check: false });
    expect(capture.issues).toEqual([]);
    for (const state of [capture.before, ...capture.mids, capture.after]) {
      expect(checkState(state), `${name} ${state.origin?.tag}`).toEqual([]);
    }
    const { ops, trace, meta, gfpClasses, gfpEra } = capture;
    expect(meta).toBeDefined();
    for (const { names, gfp } of gfpClasses) {
      expect(parseGfp(names, GFP_NAMES[gfpEra])).toBe(gfp);
    }
    expect(gfpClasses.length).toBeGreaterThan(0);
    if (ops !== undefined) {
      expect(ops.length).toBe(meta?.ops);
      expect(countOps(ops)).toEqual(meta?.opCounts);
    }
    if (trace !== undefined) {
      expect(countEvents(trace)).toEqual(meta?.events);
      compareWithSlowReader(capture, join(ROOT, name));
      checkOpsInTrace(capture);
      checkContigInfo(capture);
    }
  });

  it("has dumps of both families and both page sizes", () => {
    expect(SETS.length).toBeGreaterThan(30);
  });
});

/** A line of trace.txt as a second reader sees it, made from regular expressions and string splitting alone. */
function slowly(line: string): { text: string; fields: Record<string, string> } {
  const match = /^ *(.*)-(\d+) +\[(\d+)\] (\S+) +([\d.]+): (\w+): (.*?) *$/.exec(line);
  const [, comm, pid, cpu, flags, time, event, rest] = match as RegExpExecArray & string[];
  const fields: Record<string, string> = {};
  for (const [, key, value] of (rest as string).matchAll(/(\w+)=(\([^)]*\)|[^ ,]*)/g)) {
    fields[key as string] = value as string;
  }
  return { text: [event, comm, pid, Number(cpu), flags, Number(time)].join(" "), fields };
}

/** Lines of one trace that the slow reader looks at. */
const COMPARED = 150_000;

function firstLines(files: DirectoryFiles, name: string): string[] {
  const lines: string[] = [];
  let rest = "";
  for (const piece of files.chunks(name)) {
    const parts = (rest + piece).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts.filter((line) => line !== "" && line[0] !== "#"));
    if (lines.length >= COMPARED) {
      return lines.slice(0, COMPARED);
    }
  }
  return rest === "" ? lines : [...lines, rest];
}

/** Compares every 97th event, and all around the places where LAB lines are merged in. */
function compareWithSlowReader({ trace, gfpEra }: Capture, path: string): void {
  if (trace === undefined) {
    return;
  }
  const files = new DirectoryFiles(path);
  const standard = firstLines(files, "trace.txt");
  const lab = firstLines(files, "trace_lab.txt");
  let standardAt = 0;
  let labAt = 0;
  for (let index = 0; index < trace.length && standardAt < COMPARED; index++) {
    const isLab = (trace.kind[index] as number) >= TraceKind.LAB_OP;
    const labIndex = Number(lab[labAt]?.split("\t", 1)[0] ?? Number.POSITIVE_INFINITY);
    if (isLab !== labIndex <= standardAt) {
      throw new Error(`event ${index}: ${isLab ? "a LAB line too early" : "a LAB line is missing"}`);
    }
    if (isLab) {
      labAt += 1;
    } else {
      const previousIsLab = index > 0 && (trace.kind[index - 1] as number) >= TraceKind.LAB_OP;
      if (previousIsLab || standardAt % 97 === 0) {
        compareEvent(trace, index, standard[standardAt] as string, gfpEra);
      }
      standardAt += 1;
    }
    if (isLab && labAt % 7 === 0) {
      compareLab(trace, index, lab[labAt - 1] as string);
    }
  }
  expect(standardAt).toBe(standard.length);
  if (standardAt < COMPARED) {
    expect(labAt).toBe(lab.length);
  }
}

type Trace = NonNullable<Capture["trace"]>;

function compareEvent(trace: Trace, index: number, line: string, era: Capture["gfpEra"]): void {
  const event = traceEvent(trace, index);
  const { text, fields } = slowly(line);
  const time = trace.clock === "seconds" ? event.time / 1e9 : event.time;
  const mine = [event.name, event.comm, event.pid, event.cpu, event.context, time].join(" ");
  if (mine !== text) {
    throw new Error(`line ${event.line}: ${mine}, expected ${text}`);
  }
  for (const [key, value] of Object.entries(event.fields)) {
    if (key === "page" || key.startsWith("range")) {
      continue;
    }
    const written = fields[key] as string;
    const big = /^-?(0x)?[0-9a-f]+$/.test(written) ? Number(BigInt.asIntN(64, BigInt(written))) : written;
    const expected = key === "gfp_flags" ? parseGfp(written, GFP_NAMES[era]) : big;
    if (value !== expected) {
      throw new Error(`line ${event.line}: ${key} is ${value}, expected ${expected}`);
    }
  }
}

function compareLab(trace: Trace, index: number, line: string): void {
  const event = traceEvent(trace, index);
  const [, task, cpu, flags, time, text] = line.split("\t") as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const [kind, ...words] = text.trim().split(" ");
  const mine = [`${event.comm}-${event.pid}`, event.cpu, event.context, event.name];
  expect(mine).toEqual([task, Number(cpu), flags, `LAB:${kind}`]);
  expect(trace.clock === "seconds" ? event.time / 1e9 : event.time).toBe(Number(time));
  const values = Object.values(event.fields).map(String);
  expect(values).toEqual(
    words.map((word) => {
      const value = word.slice(word.indexOf("=") + 1);
      return value.startsWith("0x") ? String(Number(value)) : value;
    }),
  );
}

/** Each row of the script is announced once in the trace, in order, and an alloc's result is the pfn of its event. */
function checkOpsInTrace({ ops, trace }: Capture): void {
  if (ops === undefined || trace === undefined) {
    return;
  }
  let row = -1;
  for (let index = 0; index < trace.length; index++) {
    if (trace.kind[index] === TraceKind.LAB_OP) {
      row += 1;
      if (trace.args[trace.argStart[index] as number] !== row) {
        throw new Error(`row ${row} of the script is not announced in its turn`);
      }
    }
  }
  expect(row + 1).toBe(ops.length);
}

/** Under the right labels the migrations of alloc_contig_range are of CMA, and no more than migrate_pages reports. */
function checkContigInfo({ trace, kernel }: Capture): void {
  const shifted = trace !== undefined && contigLabelsAreShifted(trace);
  let infos = 0;
  let migrated = 0;
  let succeeded = 0;
  for (let index = 0; index < (trace?.length ?? 0); index++) {
    const kind = trace?.kind[index];
    if (trace !== undefined && kind === TraceKind.MM_ALLOC_CONTIG_MIGRATE_RANGE_INFO) {
      const info = contigMigrateInfo(trace, index, shifted);
      expect(info.migratetype).toBe(Migratetype.CMA);
      migrated += info.migrated;
      infos += 1;
    } else if (trace !== undefined && kind === TraceKind.MM_MIGRATE_PAGES) {
      const { reason, nr_succeeded: pages } = traceEvent(trace, index).fields;
      succeeded += reason === "contig_range" ? (pages as number) : 0;
    }
  }
  expect(shifted).toBe(infos > 0);
  expect(infos === 0 || kernel.startsWith("6.12")).toBe(true);
  expect(infos === 0 ? 0 : migrated).toBeLessThanOrEqual(succeeded);
}
