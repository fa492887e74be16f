// Knows: the text of state_before, state_after and state_mid: one or several LABDUMP..ENDDUMP records.
// Must not know: whether the numbers agree with each other (see state/check), the engine, the file system.

import type { StateOrigin } from "../../../state/origin.js";
import type { CmaAreaState, MachineState } from "../../../state/types.js";
import { CaptureError, type CaptureIssue, quote } from "../../errors.js";
import { LineCursor } from "../lines.js";
import { LineFields, scanRuns } from "./fields.js";
import { beginZone, finishZone, isZoneLine, readZoneLine, type ZoneBuilder } from "./zone.js";

const VERSION = "v1";

/** Numbers without which the frames cannot be laid out. */
const NEEDED_CONSTANTS = [
  "page_shift",
  "max_page_order",
  "pageblock_order",
  "migrate_types",
  "pcptypes",
  "nr_pcp_lists",
  "nr_loworder_pcp_lists",
  "pcp_batch_scale_max",
  "max_nr_zones",
  "costly_order",
];

const NEEDED_SYS = ["watermark_boost_factor", "page_group_by_mobility_disabled"];

/**
 * All dumps of the text, in order. Throws CaptureError at the first thing that makes a dump unusable;
 * harmless unknown keys and lines go to `issues`.
 */
export function parseStateDumps(text: string, file: string, issues: CaptureIssue[] = []): MachineState[] {
  const lines = new LineCursor(text, file, issues);
  const states: MachineState[] = [];
  while (lines.next()) {
    if (!lines.isBlank()) {
      states.push(readDump(lines));
    }
  }
  if (states.length === 0) {
    const expected = `"LABDUMP ${VERSION} ..." to "ENDDUMP ovf=0"`;
    throw new CaptureError({ file, problem: "no state dump in this file", expected });
  }
  return states;
}

/** A dump while its lines are read. */
interface DumpBuilder {
  state: MachineState;
  origin: StateOrigin;
  /** The lines of `origin`, growing. */
  places: Map<object, number>;
  zone: ZoneBuilder | undefined;
  area: CmaAreaState | undefined;
  section: Section;
}

/** What came last; sections only go forward. */
enum Section {
  HEADER,
  CONST,
  SYS,
  CPU,
  ZONE,
  CMA,
}

function readDump(lines: LineCursor): MachineState {
  const dump: DumpBuilder = {
    ...readHeader(lines),
    zone: undefined,
    area: undefined,
    section: Section.HEADER,
  };
  while (lines.next()) {
    const word = lines.word();
    if (word === "ENDDUMP") {
      return endDump(lines, dump);
    }
    if (lines.isLast()) {
      break;
    }
    if (isZoneLine(word)) {
      if (dump.zone === undefined || dump.section !== Section.ZONE) {
        throw lines.error(`"${word}" line outside of a zone`, `it after a "zone" line`);
      }
      readZoneLine(word, lines, dump.zone);
    } else if (!readDumpLine(word, lines, dump)) {
      leaveAside(word, lines, dump);
    }
  }
  throw truncated(lines, dump.origin);
}

function truncated(lines: LineCursor, { tag, line }: StateOrigin): CaptureError {
  const head = `the file ends inside the dump "${tag}" that begins at line ${line}`;
  return lines.error(`truncated: ${head}`, `"ENDDUMP ovf=0" at its end`);
}

function readHeader(lines: LineCursor): Pick<DumpBuilder, "state" | "origin" | "places"> {
  const header = `"LABDUMP ${VERSION} seq= tag= ts_ns= release= online_cpus= this_cpu="`;
  if (lines.word() !== "LABDUMP") {
    throw lines.error(`${quote(lines.current())} is not the head of a state dump`, header);
  }
  const tokens = lines.tokens();
  if (tokens[1] !== VERSION) {
    throw lines.error(`dump version ${quote(tokens[1] ?? "")} is not known`, header);
  }
  const fields = new LineFields(lines, tokens, 2);
  const places = new Map<object, number>();
  const origin: StateOrigin = {
    file: lines.file,
    line: lines.line,
    seq: fields.count("seq"),
    tag: fields.text("tag"),
    tsNs: fields.count("ts_ns"),
    onlineCpus: fields.count("online_cpus"),
    lines: places,
  };
  const state: MachineState = {
    origin,
    release: fields.text("release"),
    thisCpu: fields.count("this_cpu"),
    constants: {},
    sys: {},
    cpus: [],
    zones: [],
    areas: [],
  };
  fields.finish();
  return { state, origin, places };
}

/** The lines outside of zones. False: not one of them. */
function readDumpLine(word: string, lines: LineCursor, dump: DumpBuilder): boolean {
  const { state } = dump;
  switch (word) {
    case "LABDUMP":
      throw lines.error(
        `a dump begins inside the one of line ${dump.origin.line}`,
        `"ENDDUMP ovf=0" before it`,
      );
    case "const":
      enter(lines, dump, Section.CONST, Section.HEADER);
      state.constants = new LineFields(lines, lines.tokens(), 1).record(NEEDED_CONSTANTS);
      dump.places.set(state.constants, lines.line);
      return true;
    case "sys":
      enter(lines, dump, Section.SYS, Section.CONST);
      state.sys = new LineFields(lines, lines.tokens(), 1).record(NEEDED_SYS);
      return true;
    case "cpu":
      enter(lines, dump, Section.CPU, Section.SYS);
      readCpu(lines, state);
      return true;
    case "zone":
      enter(lines, dump, Section.ZONE, Section.CPU);
      closeZone(lines, dump);
      dump.zone = beginZone(lines, dump.places);
      return true;
    case "cma":
      enter(lines, dump, Section.CMA, Section.ZONE);
      closeZone(lines, dump);
      readArea(lines, dump);
      return true;
    case "cmabits":
      enter(lines, dump, Section.CMA, Section.CMA);
      readAreaBits(lines, dump);
      return true;
    default:
      return false;
  }
}

/** `after`: the section that must have come before this one. const and sys occur once. */
function enter(lines: LineCursor, dump: DumpBuilder, section: Section, after: Section): void {
  const once = section === Section.CONST || section === Section.SYS;
  if (dump.section < after || dump.section > section || (once && dump.section === section)) {
    throw lines.error(
      `"${lines.word()}" line out of order, or a line before it is missing`,
      "LABDUMP, const, sys, cpu (each), zone (each, with its lines), cma and cmabits (each area), ENDDUMP",
    );
  }
  dump.section = section;
}

function readCpu(lines: LineCursor, state: MachineState): void {
  const fields = new LineFields(lines, lines.tokens(), 2);
  const cpu = fields.position(1, "cpu number");
  if (state.cpus.includes(cpu)) {
    throw lines.error(`second "cpu ${cpu}" line`, "one");
  }
  state.cpus.push(cpu);
  fields.finish();
}

function closeZone(lines: LineCursor, { state, zone }: DumpBuilder): void {
  if (zone !== undefined && !state.zones.includes(zone.zone)) {
    const maxPageOrder = state.constants["max_page_order"] as number;
    state.zones.push(finishZone(lines, zone, state.cpus, maxPageOrder));
  }
}

/** `cma INDEX NAME base_pfn= ...`. The kernel's own names of unnamed areas end with a line end. */
function readArea(lines: LineCursor, dump: DumpBuilder): void {
  closeArea(lines, dump);
  lines.joinNext(" base_pfn=");
  const tokens = lines.tokens();
  const first = tokens.findIndex((token) => token.startsWith("base_pfn="));
  if (first < 3) {
    throw lines.error(`"cma" line without name or base_pfn=`, `"cma INDEX NAME base_pfn= count= ..."`);
  }
  const fields = new LineFields(lines, tokens, first);
  dump.area = {
    index: fields.position(1, "area index"),
    name: tokens.slice(2, first).join(" "),
    basePfn: fields.count("base_pfn"),
    count: fields.count("count"),
    orderPerBit: fields.count("order_per_bit"),
    bitmapBits: fields.count("bitmap_bits"),
    set: [],
  };
  dump.places.set(dump.area, lines.line);
  fields.finish();
}

function closeArea(lines: LineCursor, { area, places }: DumpBuilder): void {
  if (area !== undefined) {
    throw lines.error(
      `area ${area.name} (line ${places.get(area)}) has no "cmabits" line`,
      `"cmabits set: ..."`,
    );
  }
}

function readAreaBits(lines: LineCursor, dump: DumpBuilder): void {
  if (dump.area === undefined) {
    throw lines.error(`"cmabits" line without its area`, `it after a "cma" line`);
  }
  const colon = lines.colon();
  dump.area.set = scanRuns(lines, colon + 1, "").map(({ start, length }) => ({ start, length }));
  dump.state.areas.push(dump.area);
  dump.area = undefined;
}

/** A line of a kind that this reader does not know: harmless when it looks like a record of its own. */
function leaveAside(word: string, lines: LineCursor, { origin }: DumpBuilder): void {
  if (lines.isBlank()) {
    return;
  }
  if (word === "") {
    const head = `${quote(lines.current())} in the dump of line ${origin.line} is not a record`;
    throw lines.error(head, "a line that begins with its kind (zone, free, pcplist ...)");
  }
  lines.info(`lines of the unknown kind "${word}" were left aside`);
}

function endDump(lines: LineCursor, dump: DumpBuilder): MachineState {
  const { state, origin } = dump;
  const fields = new LineFields(lines, lines.tokens(), 1);
  const overflow = fields.number("ovf");
  if (overflow !== 0) {
    throw lines.error(
      `the dump of line ${origin.line} is incomplete: its buffer overflowed (ovf=${overflow})`,
      "ovf=0",
    );
  }
  fields.finish();
  if (dump.zone === undefined) {
    throw lines.error(`the dump of line ${origin.line} has no zone`, "const, sys, cpu and zone lines");
  }
  closeZone(lines, dump);
  closeArea(lines, dump);
  return state;
}
