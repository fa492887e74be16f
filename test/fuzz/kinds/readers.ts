// Knows: fuzzing of each reader of text by itself: the importers of `explain` one at a time, the files of a capture, a state
// built of what was found, buffers, seeds, shards, ranges. Refused by an error of the package, or understood.
// Must not know: what the text means.
//
// An input is a line with the reader's name, then the text for it.

import { MAX_FRAMES } from "../../../assembly/abi/limits.js";
import { parseDebugfsBitmap } from "../../../bindings/bitmap/index.js";
import { PageblockError } from "../../../bindings/engine/errors.js";
import {
  contigLabelsAreShifted,
  contigMigrateInfo,
  countEvents,
  countOps,
  parseGfpClasses,
  parseOps,
  parseStateDumps,
  parseTrace,
  traceEvents,
} from "../../../bindings/importers/capture/index.js";
import { checkTraceStats, parseMeta } from "../../../bindings/importers/capture/meta.js";
import { collect } from "../../../bindings/importers/collect.js";
import { detects } from "../../../bindings/importers/detect.js";
import { type CaptureIssue, formatIssue } from "../../../bindings/importers/errors.js";
import type { Facts } from "../../../bindings/importers/facts.js";
import { readCapturedFiles } from "../../../bindings/importers/procfs/kept.js";
import { importers } from "../../../bindings/importers/registry.js";
import { DebugTree } from "../../../bindings/kernel_text/tree/index.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { buildState } from "../../../bindings/rebuild/index.js";
import { parseRange } from "../../../bindings/scenario/inputs.js";
import { parseScenario } from "../../../bindings/scenario/yaml.js";
import { parseBuffer } from "../../../bindings/size/index.js";
import { checkState } from "../../../bindings/state/check.js";
import { parseSeeds } from "../../../bindings/sweep/seeds.js";
import { parseShard } from "../../../bindings/sweep/shard.js";
import type { Random } from "../../support/random.js";
import { DUMP_6_1, DUMP_6_12 } from "../../unit/importers/small_dumps.js";
import type { Target } from "../bytes_kind.js";
import { mutate } from "../mutate.js";
import { goldenFiles } from "./logs.js";

const FILE = "file";
/** Frames of a state that is built: more take seconds, until so many that they must be refused. */
const MOST_FRAMES = 2 ** 15;

type Read = (text: string) => readonly CaptureIssue[];

function withIssues(read: (issues: CaptureIssue[]) => void): readonly CaptureIssue[] {
  const issues: CaptureIssue[] = [];
  read(issues);
  return issues;
}

function readTrace(text: string): readonly CaptureIssue[] {
  const [trace = "", lab] = text.split("\f");
  const parsed = parseTrace(trace, lab, { gfpEra: text.length % 2 ? "6.1" : "6.12" });
  countEvents(parsed);
  let index = 0;
  for (const { name } of traceEvents(parsed)) {
    if (name === "mm_alloc_contig_migrate_range_info")
      contigMigrateInfo(parsed, index, contigLabelsAreShifted(parsed));
    index += 1;
  }
  return parsed.issues;
}

/** What is said instead of a result is text like any other. */
function told(value: unknown): readonly CaptureIssue[] {
  const message = typeof value === "object" ? JSON.stringify(value).slice(0, 400) : String(value);
  return [{ severity: "info", file: FILE, line: 1, message: JSON.stringify(message) }];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

/** Frames that the zones are said to have: each, all from the first to the last, those whose pageblocks are counted. */
function framesOf({ zones, pagetypes }: Facts): number[] {
  const spans = zones.flatMap(({ detail }) =>
    detail?.spanned == null ? [] : [{ start: detail.startPfn ?? 0, spanned: detail.spanned }],
  );
  const ends = spans.map(({ start, spanned }) => start + spanned);
  const all = Math.max(0, ...ends) - Math.min(...spans.map(({ start }) => start));
  const blocks = pagetypes.map(({ blocks }) => sum(blocks.map(({ counts }) => sum(counts))));
  // Where no file tells the order of a pageblock, it follows from the columns: any is possible.
  const drawn = blocks.flatMap((count) => Array.from({ length: 14 }, (_, order) => count * 2 ** order));
  return [...spans.map(({ spanned }) => spanned), all, ...drawn];
}

function takesLong(frames: readonly number[]): boolean {
  return frames.some((count) => count > MOST_FRAMES && count <= MAX_FRAMES);
}

function readState(text: string): readonly CaptureIssue[] {
  const facts = collect({ [FILE]: text });
  if (takesLong(framesOf(facts))) return [];
  const { state, issues } = buildState(facts, {});
  return [...issues, ...checkState(state)].map(({ message }) => ({
    severity: "info",
    file: FILE,
    line: 1,
    message,
  }));
}

const SCENARIO = parseScenario(
  "name: x\ndevice: tiny\nduration: 10ms\nclients:\n  - { kind: camera, area: reserved, pages: 1MiB, interval: 5ms }\n",
);

/** Every reader by name; what it says is looked at. */
const READERS: Readonly<Record<string, Read>> = {
  ...Object.fromEntries(
    importers.map((importer) => [
      importer.id,
      (text: string) => {
        detects(importer, text);
        return [];
      },
    ]),
  ),
  dump: (text) =>
    withIssues((issues) => {
      for (const state of parseStateDumps(text, FILE, issues)) checkState(state);
    }),
  ops: (text) => withIssues((issues) => void countOps(parseOps(text, FILE, issues))),
  classes: (text) => withIssues((issues) => void parseGfpClasses(text, FILE, issues)),
  meta: (text) => withIssues((issues) => void parseMeta(text, FILE, issues)),
  stats: (text) => withIssues((issues) => checkTraceStats(text, FILE, issues)),
  trace: readTrace,
  state: readState,
  bitmap: (text) => told(parseDebugfsBitmap(text).length),
  kept: (text) => {
    readCapturedFiles({ zoneinfo: text, vmstat: text, cmaSysfs: text });
    return [];
  },
  buffer: (text) => told(parseBuffer(text, 4096)),
  seeds: (text) => told(text.length < 40 ? parseSeeds(text) : ""),
  shard: (text) => told(parseShard(text, FILE)),
  range: (text) => {
    const [name = "", range = ""] = text.split("=");
    return told(parseRange(SCENARIO, name, range, null));
  },
};
const NAMES = Object.keys(READERS);

const FIELDS = "seq=1 call_site=x";
const HEAD = "            init-1       [000] .....            5: ";
const EVENTS = [
  "mm_page_free: page=(____ptrval____) pfn=0x1f order=2",
  "mm_page_alloc: page=(____ptrval____) pfn=0x40 order=0 migratetype=1 gfp_flags=GFP_KERNEL|__GFP_NOWARN",
  "mm_alloc_contig_migrate_range_info: start=0x400 end=0x600 migratetype=3 nr_migrated=3 nr_reclaimed=0 nr_mapped=2",
  "mm_migrate_pages: nr_succeeded=3 nr_failed=0 nr_thp_succeeded=0 nr_thp_failed=0 nr_thp_split=0 mode=MIGRATE_SYNC reason=contig_range",
  "cma_alloc_start: name=reserved count=16 align=4",
];
/** A text for each reader that the golden files do not hold. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  dump: [DUMP_6_12, DUMP_6_1],
  ops: [
    "i,op,slot,order,cls,gfp,migratetype,zoneidx,align,count,pfn,ret\n0,alloc,0,0,3,0x2820,0,2,,,16,0\n1,dump,0,,,,,,,,0,0\n",
  ],
  classes: ["3 0x2820 GFP_ATOMIC|__GFP_NOWARN migratetype=0 zoneidx=2\n"],
  meta: ['{"name":"tiny","ops":2,"op_counts":{"alloc":1},"set_check":{"events":{"LAB:op":2}}}'],
  stats: ["cpu0\nentries: 3\noverrun: 0\ndropped events: 0\n"],
  trace: [
    `# tracer: nop\n${EVENTS.map((event) => HEAD + event).join("\n")}\n`,
    `${HEAD}${EVENTS[0]}\n\f# IDX\n0\tinit-1\t000\t.....\t3\top 0\n1\tinit-1\t000\t.....\t9\top 1\n${FIELDS}`,
  ],
  bitmap: ["4294967295 15 0 0 1\n", "cma-reserved bitmap: 255 0\n"],
  kept: ["nr_free_pages 1024\ncma_alloc_success 3\n", "reserved alloc_pages_success: 77\n"],
  buffer: ["4x1920x1080xNV12", "3x8M@8", "2x100pages"],
  seeds: ["40", "41-80"],
  shard: ["3/40"],
  range: ["camera.pages=x0.5..x2", "camera.interval=0..2s"],
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The proc files of a small machine, which a state is made of in milliseconds. */
async function smallFiles(): Promise<string> {
  using machine = await Machine.create("tiny");
  const tree = new DebugTree(machine);
  return tree.read("zoneinfo") + tree.read("pagetypeinfo");
}

async function samples(): Promise<Uint8Array[]> {
  const golden = goldenFiles().map((bytes) => decoder.decode(bytes));
  const own = golden.flatMap((text) => [
    `state\n${text}`,
    ...importers.filter((importer) => detects(importer, text)).map(({ id }) => `${id}\n${text}`),
  ]);
  const others = Object.entries(TEXTS).flatMap(([name, texts]) => texts.map((text) => `${name}\n${text}`));
  return [...own, ...others, `state\n${await smallFiles()}`].map((text) => encoder.encode(text));
}

function split(bytes: Uint8Array): { name: string; body: Uint8Array } {
  const end = bytes.indexOf(10);
  return { name: decoder.decode(bytes.subarray(0, Math.max(0, end))), body: bytes.subarray(end + 1) };
}

async function judge(bytes: Uint8Array): Promise<string[]> {
  const { name, body } = split(bytes);
  const read = READERS[name];
  if (read === undefined) return ["none"];
  let said: string;
  let outcome: string;
  try {
    said = read(decoder.decode(body)).map(formatIssue).join("\n");
    outcome = `${name} ${said.replace(/[\d.]+|"[^"]*"/g, "#").slice(0, 60)}`;
  } catch (error) {
    if (!(error instanceof PageblockError)) throw error;
    said = error.message;
    outcome = `${name} refused ${said.replace(/[\d.]+|"[^"]*"/g, "#").slice(0, 40)}`;
  }
  if (/\bundefined\b|\bNaN\b|\[object |\bInfinity\b/.test(said.replace(/"(?:[^"\\]|\\.)*"/g, "")))
    throw new Error(`says nothing: ${said.slice(0, 200)}`);
  return [outcome];
}

/** The text is damaged, or goes to another reader. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const { name, body } = split(bytes);
  const reader = random.oneIn(16) || READERS[name] === undefined ? random.pick(NAMES) : name;
  const damaged = random.oneIn(16) ? body : mutate(body, random, [body]);
  const out = new Uint8Array(reader.length + 1 + damaged.length);
  out.set(encoder.encode(`${reader}\n`));
  out.set(damaged, reader.length + 1);
  return out;
}

export const readers: Target = {
  name: "readers",
  isText: true,
  samples,
  judge,
  damage,
};
