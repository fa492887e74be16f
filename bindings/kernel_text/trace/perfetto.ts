// Knows: Perfetto's trace protobuf as far as these events need it: field numbers, packets, bundles.
// Must not know: the machine, files, ftrace's text.
//
// Numbers of google/perfetto: trace.proto, trace_packet.proto, ps/process_tree.proto, ftrace/ftrace_event_bundle.proto,
// ftrace/ftrace_event.proto, cma.proto, kmem.proto, generic.proto. An event without a message of its own is a generic one,
// with the names of the kernel's fields.

import { PbfWriter } from "pbf";
import type { Recording } from "./recording.js";
import { type Tracepoint, tracepoints } from "./tracepoints.js";

enum Packet {
  FTRACE_EVENTS = 1,
  PROCESS_TREE = 2,
}

const TRACE_PACKET = 1;

enum Bundle {
  CPU = 1,
  EVENT = 2,
  LOST_EVENTS = 3,
}

enum Event {
  TIMESTAMP = 1,
  PID = 2,
  GENERIC = 327,
}

interface Message {
  /** Field of FtraceEvent. */
  readonly id: number;
  /** Field numbers by the names that the kernel prints. What is not here is not written. */
  readonly fields: Readonly<Record<string, number>>;
}

const MESSAGES: Readonly<Record<string, Message>> = {
  mm_page_alloc: { id: 307, fields: { gfp_flags: 1, migratetype: 2, order: 3, page: 4, pfn: 5 } },
  mm_page_alloc_extfrag: {
    id: 308,
    fields: {
      alloc_migratetype: 1,
      alloc_order: 2,
      fallback_migratetype: 3,
      fallback_order: 4,
      page: 5,
      change_ownership: 6,
      pfn: 7,
    },
  },
  mm_page_alloc_zone_locked: { id: 309, fields: { migratetype: 1, order: 2, page: 3, pfn: 4 } },
  mm_page_free: { id: 310, fields: { order: 1, page: 2, pfn: 3 } },
  mm_page_pcpu_drain: { id: 312, fields: { migratetype: 1, order: 2, page: 3, pfn: 4 } },
  cma_alloc_start: { id: 465, fields: { align: 1, count: 2, name: 3 } },
  cma_alloc_finish: { id: 576, fields: { name: 1, pfn: 2, page: 3, count: 4, align: 5, errorno: 6 } },
  mm_alloc_contig_migrate_range_info: {
    id: 577,
    fields: { start: 1, end: 2, nr_migrated: 3, nr_reclaimed: 4, nr_mapped: 5, migratetype: 6 },
  },
};

function writeFields(point: Tracepoint, pbf: PbfWriter): void {
  const numbers = MESSAGES[point.name]?.fields ?? {};
  for (const { name, value } of point.fields) {
    const number = numbers[name];
    if (number === undefined) continue;
    if (typeof value === "string") pbf.writeStringField(number, value);
    else pbf.writeVarintField(number, value);
  }
}

/** GenericFtraceEvent: event_name 1, field 2 {name 1, str_value 3, int_value 4, uint_value 5}. */
function writeGeneric(point: Tracepoint, pbf: PbfWriter): void {
  pbf.writeStringField(1, point.name);
  for (const { name, value } of point.fields) {
    pbf.writeMessage(
      2,
      (_, field) => {
        field.writeStringField(1, name);
        if (typeof value === "string") field.writeStringField(3, value);
        else field.writeVarintField(value < 0 ? 4 : 5, value);
      },
      undefined,
    );
  }
}

function writeEvent(point: Tracepoint, pbf: PbfWriter): void {
  pbf.writeVarintField(Event.TIMESTAMP, point.nanoseconds);
  pbf.writeVarintField(Event.PID, point.pid);
  const message = MESSAGES[point.name];
  if (message === undefined) pbf.writeMessage(Event.GENERIC, writeGeneric, point);
  else pbf.writeMessage(message.id, writeFields, point);
}

/** Events of one CPU in a row. */
interface Row {
  readonly cpu: number;
  readonly lost: boolean;
  readonly points: readonly Tracepoint[];
}

function writeBundle({ cpu, lost, points }: Row, pbf: PbfWriter): void {
  pbf.writeVarintField(Bundle.CPU, cpu);
  for (const point of points) pbf.writeMessage(Bundle.EVENT, writeEvent, point);
  if (lost) pbf.writeBooleanField(Bundle.LOST_EVENTS, true);
}

/** Names of the tasks: ProcessTree.processes 1 {pid 1, cmdline 3}. */
function writeTasks(tasks: ReadonlyMap<number, string>, pbf: PbfWriter): void {
  for (const [pid, comm] of tasks) {
    pbf.writeMessage(
      1,
      (_, task) => {
        task.writeVarintField(1, pid);
        task.writeStringField(3, comm);
      },
      undefined,
    );
  }
}

const BUNDLE = 1024;

/** Stretches of events of one CPU, at most BUNDLE long; the first says whether events were lost before it. */
function* rows(recording: Recording): Iterable<Row> {
  let points: Tracepoint[] = [];
  let lost = recording.lost > 0;
  for (const point of tracepoints(recording)) {
    const [first] = points;
    if (first !== undefined && (first.cpu !== point.cpu || points.length === BUNDLE)) {
      yield { cpu: first.cpu, lost, points };
      lost = false;
      points = [];
    }
    points.push(point);
  }
  const [first] = points;
  if (first !== undefined) yield { cpu: first.cpu, lost, points };
}

/** A trace that ui.perfetto.dev opens. */
export function toPerfetto(recording: Recording): Uint8Array {
  const pbf = new PbfWriter();
  const tasks = new Map<number, string>();
  for (const row of rows(recording)) {
    for (const { pid, comm } of row.points) tasks.set(pid, comm);
    pbf.writeMessage(
      TRACE_PACKET,
      (each, packet) => packet.writeMessage(Packet.FTRACE_EVENTS, writeBundle, each),
      row,
    );
  }
  pbf.writeMessage(
    TRACE_PACKET,
    (each, packet) => packet.writeMessage(Packet.PROCESS_TREE, writeTasks, each),
    tasks,
  );
  return pbf.finish();
}
