// Knows: which tracepoint of the kernel each event is, and the fields that it prints on each kernel.
// Must not know: ftrace's columns, protobuf.
//
// Models: include/trace/events/{kmem,cma,migrate,page_isolation}.h, 6.1.192 and 6.12.117, as their traces print them.
// Kernels print pages as hashed pointers: here every page is (____ptrval____), as before the first entropy.

import { EventKind } from "../../../assembly/abi/events.js";
import { Migratetype } from "../../../assembly/abi/vocabulary.js";
import type { MachineEvent } from "../../engine/events.js";
import { gfpText } from "./gfp.js";
import type { Recording } from "./recording.js";

/** One `name=text` of an event; a number where a binary trace wants one. */
export interface TracepointField {
  /** As the kernel prints it. */
  readonly name: string;
  /** Its value as the kernel prints it. */
  readonly text: string;
  /** Its value. */
  readonly value: number | string;
}

/** An event as a kernel would have told it. */
export interface Tracepoint {
  /** `mm_page_alloc` */
  readonly name: string;
  /** Name of the task. */
  readonly comm: string;
  /** Its number. */
  readonly pid: number;
  /** Where it happened. */
  readonly cpu: number;
  /** Virtual time. */
  readonly nanoseconds: number;
  /** Told with interrupts off, under a lock. */
  readonly locked: boolean;
  /** In the order in which the kernel prints them. */
  readonly fields: readonly TracepointField[];
}

/** Tasks that ask for pages: one for each CPU. Requests of cma_alloc each have a task of their own. */
const FIRST_PID = 100;
const FIRST_REQUEST_PID = 1000;

const NO_PFN = 0xffff_ffff;
const PAGE = "(____ptrval____)";
const NO_PAGE = "0000000000000000";

function plain(name: string, value: number): TracepointField {
  return { name, text: String(value), value };
}

function word(name: string, value: string): TracepointField {
  return { name, text: value, value };
}

function pfn(name: string, value: number): TracepointField {
  return { name, text: `0x${value.toString(16)}`, value };
}

/** `page=... pfn=...` of a page that there is. */
function page(at: number): TracepointField[] {
  return [{ name: "page", text: PAGE, value: 0 }, pfn("pfn", at)];
}

function pageAlloc({ a, b, c }: MachineEvent, { kernel }: Recording): TracepointField[] {
  const found = a === NO_PFN ? [{ name: "page", text: NO_PAGE, value: 0 }, pfn("pfn", 0)] : page(a);
  const type = (c >>> 3) & 3;
  const gfp = { name: "gfp_flags", text: gfpText(c, kernel === "6.1" ? "6.1" : "6.12"), value: c };
  return [...found, plain("order", b), plain("migratetype", type), gfp];
}

/** mm_page_alloc_extfrag */
function extfrag({ kind, a, b, c, d, e }: MachineEvent, { pageblockOrder }: Recording): TracepointField[] {
  return [
    ...page(a),
    plain("alloc_order", e),
    plain("fallback_order", b),
    plain("pageblock_order", pageblockOrder),
    plain("alloc_migratetype", c),
    plain("fallback_migratetype", d),
    plain("fragmenting", b < pageblockOrder ? 1 : 0),
    plain("change_ownership", kind === EventKind.CLAIM ? 1 : 0),
  ];
}

function listedPage({ a, b, c }: MachineEvent): TracepointField[] {
  return [...page(a), plain("order", b), plain("migratetype", c)];
}

/** The area's name as the event prints it: a line end in it would end the line. */
function areaName({ zone }: MachineEvent, { areas }: Recording): TracepointField {
  return word("name", (areas[zone] ?? `cma${zone}`).replace(/\p{Cc}+/gu, ""));
}

function cmaFinish(event: MachineEvent, recording: Recording): TracepointField[] {
  const { a, b, c, d } = event;
  const at = a === NO_PFN ? { name: "pfn", text: "0xffffffffffffffff", value: -1 } : pfn("pfn", a);
  const fields = [
    areaName(event, recording),
    at,
    { name: "page", text: d === 0 ? PAGE : NO_PAGE, value: 0 },
    plain("count", b),
    plain("align", c),
  ];
  return recording.kernel === "6.1" ? fields : [...fields, plain("errorno", d)];
}

function cmaBusy(event: MachineEvent, recording: Recording): TracepointField[] {
  const { a, b, c } = event;
  const [, at] = page(a);
  const pages = [plain("count", b), plain("align", c)];
  return [areaName(event, recording), at!, { name: "page", text: PAGE, value: 0 }, ...pages];
}

function testIsolated({ a, b, c, d }: MachineEvent): TracepointField[] {
  return [
    pfn("start_pfn", a),
    pfn("end_pfn", b),
    pfn("fin_pfn", c),
    word("ret", d === 0 ? "success" : "fail"),
  ];
}

const CALL = [word("mode", "MIGRATE_SYNC"), word("reason", "contig_range")];

/** Of large pages, moved or divided, the kernel keeps counts that the machine does not have. */
function migrateEnd({ a, b }: MachineEvent, { kernel }: Recording): TracepointField[] {
  const names = [
    "nr_thp_succeeded",
    "nr_thp_failed",
    "nr_thp_split",
    ...(kernel === "6.1" ? [] : ["nr_split"]),
  ];
  return [plain("nr_succeeded", a), plain("nr_failed", b), ...names.map((name) => plain(name, 0)), ...CALL];
}

/**
 * 6.12.117 passes the arguments of this event in another order than it declares them: what it prints as migratetype is the
 * number of mapped pages, as nr_migrated the migratetype, as nr_reclaimed the pages migrated, as nr_mapped those
 * reclaimed. Readers know kernels by what they print, so it is printed the same way.
 */
function migrateRange({ a, b, c, d, e }: MachineEvent): TracepointField[] {
  return [
    pfn("start", a),
    pfn("end", a + b),
    plain("migratetype", e >>> 8),
    plain("nr_migrated", Migratetype.CMA),
    plain("nr_reclaimed", c),
    plain("nr_mapped", d),
  ];
}

interface Row {
  readonly name: string;
  readonly locked?: boolean;
  readonly fields: (event: MachineEvent, recording: Recording) => readonly TracepointField[];
  /** The event belongs to the request in its last word. */
  readonly ofRequest?: boolean;
  readonly since?: "6.12";
}

/** Events that no tracepoint tells have no row. */
const ROWS: Readonly<Partial<Record<EventKind, Row>>> = {
  [EventKind.PAGE_ALLOC]: { name: "mm_page_alloc", fields: pageAlloc },
  [EventKind.PAGE_FREE]: { name: "mm_page_free", fields: ({ a, b }) => [...page(a), plain("order", b)] },
  [EventKind.PCP_DRAIN_PAGE]: { name: "mm_page_pcpu_drain", locked: true, fields: listedPage },
  [EventKind.PCP_REFILL_PAGE]: {
    name: "mm_page_alloc_zone_locked",
    locked: true,
    fields: (event) => [...listedPage(event), plain("percpu_refill", 1)],
  },
  [EventKind.CLAIM]: { name: "mm_page_alloc_extfrag", locked: true, fields: extfrag },
  [EventKind.STEAL]: { name: "mm_page_alloc_extfrag", locked: true, fields: extfrag },
  [EventKind.CMA_START]: {
    name: "cma_alloc_start",
    ofRequest: true,
    fields: (event, recording) => [
      areaName(event, recording),
      plain("count", event.a),
      plain("align", event.b),
    ],
  },
  [EventKind.CMA_BUSY]: { name: "cma_alloc_busy_retry", ofRequest: true, fields: cmaBusy },
  [EventKind.CMA_FINISH]: { name: "cma_alloc_finish", ofRequest: true, fields: cmaFinish },
  [EventKind.CMA_RELEASE]: {
    name: "cma_release",
    fields: (event, recording) => {
      const [pointer, at] = page(event.a);
      return [areaName(event, recording), at!, pointer!, plain("count", event.b)];
    },
  },
  [EventKind.TEST_ISOLATED]: { name: "test_pages_isolated", ofRequest: true, fields: testIsolated },
  [EventKind.MIGRATE_START]: { name: "mm_migrate_pages_start", ofRequest: true, fields: () => CALL },
  [EventKind.MIGRATE_END]: { name: "mm_migrate_pages", ofRequest: true, fields: migrateEnd },
  [EventKind.MIGRATE_RANGE]: {
    name: "mm_alloc_contig_migrate_range_info",
    ofRequest: true,
    since: "6.12",
    fields: migrateRange,
  },
};

function taskOf(event: MachineEvent, ofRequest: boolean, cpu: number): { comm: string; pid: number } {
  if (!ofRequest) return { comm: `cpu${cpu}`, pid: FIRST_PID + cpu };
  const request = event.e & 0xff;
  return { comm: `request${request}`, pid: FIRST_REQUEST_PID + request };
}

/** The tracepoint of an event; undefined for one that this kernel does not tell. */
export function tracepointOf(event: MachineEvent, recording: Recording): Tracepoint | undefined {
  const row = ROWS[event.kind];
  if (row === undefined || (row.since !== undefined && recording.kernel === "6.1")) return undefined;
  const cpu = Math.max(0, event.cpu);
  return {
    name: row.name,
    ...taskOf(event, row.ofRequest === true, cpu),
    cpu,
    nanoseconds: event.nanoseconds,
    locked: row.locked === true,
    fields: row.fields(event, recording),
  };
}

/** All of them, in order. */
export function* tracepoints(recording: Recording): Iterable<Tracepoint> {
  for (const event of recording.events()) {
    const point = tracepointOf(event, recording);
    if (point !== undefined) yield point;
  }
}
