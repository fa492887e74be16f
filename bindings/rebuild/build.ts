// Knows: the order in which the facts of one moment become the state of a machine.
// Must not know: formats, how a machine holds a state.

import { contentOf } from "../../assembly/abi/frame_word.js";
import { MAX_FRAMES } from "../../assembly/abi/limits.js";
import { Mobility, PageLife } from "../../assembly/abi/vocabulary.js";
import { largest, smallest } from "../engine/extent.js";
import type { Facts } from "../importers/facts.js";
import type { MachineState } from "../state/types.js";
import { type AreaPlan, planAreas } from "./areas.js";
import { assembleState, type DecidedZone } from "./assemble.js";
import { drawnAreas, drawnSpans, drawZones } from "./draw.js";
import { decideZone } from "./exact.js";
import { type FrameMap, FrameUse, framesOfTables, withWholeBlocks } from "./frames.js";
import { type GeometryOptions, geometryOf, type StateGeometry } from "./geometry.js";
import { type Given, selectGiven, unusable } from "./given.js";
import { Notes, type StateIssue } from "./notes.js";
import { Random } from "./random.js";
import { planZones, spansOfZoneinfo, type ZoneSpanPlan } from "./zones.js";

/** What the user knows and the files do not say. */
export interface StateOptions extends GeometryOptions {
  /** Decides all that is drawn. Default 1. */
  readonly seed?: number | undefined;
}

/** A state made of the files of one moment. */
export interface BuiltState {
  /** For Machine.fromState. */
  readonly state: MachineState;
  /** "frames": kpageflags told every frame. "drawn": free blocks were placed by the seeded model. */
  readonly source: "frames" | "drawn";
  /** What no file told, in words: how it was filled in. */
  readonly assumed: readonly string[];
  /** What contradicts itself in the files, with file and line. */
  readonly issues: readonly StateIssue[];
}

/** Pages that a bitmap says are given out, and what kpageflags says of them. */
function applyAreas(frames: FrameMap, areas: readonly AreaPlan[], notes: Notes): void {
  for (const { name, orderPerBit, ranges } of areas) {
    let contrary = 0;
    for (const { basePfn, set } of ranges) {
      for (const run of set) {
        const from = basePfn + run.start * 2 ** orderPerBit;
        const to = from + run.length * 2 ** orderPerBit;
        for (let pfn = from; pfn < to; pfn++) {
          const kind = frames.kind(pfn);
          if (kind === FrameUse.FREE || kind === FrameUse.USER) contrary += 1;
          else frames.fill(pfn, pfn + 1, FrameUse.USED);
        }
      }
    }
    if (contrary > 0) {
      const message = `area ${name}: ${contrary} pages that its bitmap has given out are free or user memory in kpageflags: the files are not of one moment`;
      notes.add("warning", "bitmap-and-frames-differ", message);
    }
  }
}

/** Pages given out get their life last: what kpageflags shows of them is a driver's business. */
function nameGivenOut(frames: FrameMap, areas: readonly AreaPlan[]): void {
  for (const { orderPerBit, ranges } of areas) {
    for (const { basePfn, set } of ranges) {
      for (const run of set) {
        const from = basePfn + run.start * 2 ** orderPerBit;
        const to = from + run.length * 2 ** orderPerBit;
        for (let pfn = from; pfn < to; pfn++)
          if (frames.kind(pfn) === FrameUse.USED)
            frames.content(pfn, 1, 0, contentOf(Mobility.FIXED, PageLife.CMA, 0));
      }
    }
  }
}

function checkAreaBlocks(
  zones: readonly DecidedZone[],
  areas: readonly AreaPlan[],
  given: Given,
  notes: Notes,
): void {
  for (const { plan, blocks } of zones) {
    const told = plan.table?.blocks?.[4];
    const info = given.zoneinfo.find(({ name }) => name === plan.name)?.detail.cma;
    const own = areas
      .flatMap(({ ranges }) => ranges)
      .filter(({ basePfn }) => basePfn >= plan.start && basePfn < plan.start + plan.spanned)
      .reduce((sum, { count }) => sum + count, 0);
    const expected = info ?? (told === undefined ? undefined : told * blocks.size);
    if (expected === undefined || expected === own) continue;
    const message = `zone ${plan.name}: ${expected} pages are CMA, the areas that have files hold ${own}`;
    notes.add("warning", "areas-incomplete", message, plan.table?.place);
  }
}

/** @throws CaptureError when a zone's numbers contradict each other, or there are more frames than are modelled */
function spanOf(spans: readonly ZoneSpanPlan[], given: Given): { start: number; end: number } {
  for (const { name, spanned, present, managed } of spans) {
    if (managed <= present && present <= spanned) continue;
    const pages = `zone ${name} has ${managed} managed, ${present} present, ${spanned} spanned pages`;
    throw unusable(given, pages, "no more managed than present, no more present than spanned");
  }
  const start = smallest(spans.map((span) => span.start));
  const end = largest(spans.map((span) => span.start + span.spanned));
  if (end - start > MAX_FRAMES)
    throw unusable(given, `the zones span ${end - start} frames`, `at most ${MAX_FRAMES}`);
  return { start, end };
}

interface Decided {
  readonly frames: FrameMap;
  readonly areas: readonly AreaPlan[];
  readonly zones: readonly DecidedZone[];
}

/** kpageflags tells every frame. */
function decideByFrames(
  flags: Uint32Array,
  given: Given,
  geometry: StateGeometry,
  random: Random,
  notes: Notes,
): Decided {
  const whole = withWholeBlocks(flags, geometry.maxPageOrder);
  const spans = spansOfZoneinfo(given.zoneinfo) ?? drawnSpans(given, geometry, notes, whole);
  const { start, end } = spanOf(spans, given);
  if (end > flags.length) {
    const message = `kpageflags ends at pfn ${flags.length}, the zones at ${end}: frames behind it are holes`;
    notes.add("warning", "kpageflags-short", message);
  }
  const frames = framesOfTables(whole, given.counts, start, end);
  const areas = planAreas(given, geometry, spans, notes);
  applyAreas(frames, areas, notes);
  const context = { frames, areas, geometry, random, notes };
  const zones = planZones(given, geometry, spans, notes).map((zone) => decideZone(context, zone));
  nameGivenOut(frames, areas);
  notes.assume("which pages without a flag are on per-CPU lists, and all of these of order 0");
  if (given.pins > 0)
    notes.assume(`no pin: vmstat counts ${given.pins} references of FOLL_PIN, no file says on which pages`);
  return { frames, areas, zones };
}

/** Only sums are known: frames are drawn. */
function decideByDrawing(given: Given, geometry: StateGeometry, random: Random, notes: Notes): Decided {
  const spans = spansOfZoneinfo(given.zoneinfo) ?? drawnSpans(given, geometry, notes);
  const { start, end } = spanOf(spans, given);
  const areas = planAreas(drawnAreas(given, geometry, spans, notes), geometry, spans, notes);
  const plans = planZones(given, geometry, spans, notes);
  return { areas, ...drawZones(plans, areas, geometry, { start, end }, random, notes) };
}

/**
 * The state of the machine that the files describe, as far as they tell; the rest is drawn and said so.
 * @throws CaptureError when the files do not say how memory is divided or what is free
 */
export function buildState(facts: Facts, options: StateOptions = {}): BuiltState {
  const notes = new Notes();
  for (const { severity, file, line, code, message } of facts.issues)
    notes.add(severity, code, message, { file, line });
  const given = selectGiven(facts, notes);
  const geometry = geometryOf(given, options, notes);
  const random = new Random(options.seed ?? 1);
  const hasTypes = given.tables.some(({ free }) => free !== undefined);
  if (given.flags === undefined && !hasTypes) {
    const expected = "/proc/kpageflags with /proc/zoneinfo, or /proc/pagetypeinfo";
    throw unusable(given, "no file says what is free by migratetype", expected);
  }
  const decided =
    given.flags === undefined
      ? decideByDrawing(given, geometry, random, notes)
      : decideByFrames(given.flags, given, geometry, random, notes);
  checkAreaBlocks(decided.zones, decided.areas, given, notes);
  return {
    state: assembleState(decided.zones, decided.frames, decided.areas, geometry),
    source: given.flags === undefined ? "drawn" : "frames",
    assumed: notes.assumed,
    issues: notes.issues,
  };
}
