// Knows: reading single fields of a columnar trace by name, fast. Must not know: what the events do.

import { type CaptureTrace, traceEvent } from "../importers/capture/trace/columns.js";
import { isLab, type TraceKind } from "../importers/capture/trace/kinds.js";

export class TraceReader {
  readonly #trace: CaptureTrace;
  /** Per layout: field name to slot. */
  readonly #slots: ReadonlyMap<string, number>[];
  /** Per event: the order + 1 of the mm_page_free that a batched commit belongs to, 0 where it is none. */
  readonly #orders: Float64Array;

  constructor(trace: CaptureTrace) {
    this.#trace = trace;
    this.#orders = new Float64Array(trace.length);
    this.#slots = trace.layouts.map((layout) => new Map(layout.fields.map(({ name, slot }) => [name, slot])));
  }

  /** The value of a numeric field; 0 when the kernel did not print it. */
  number(i: number, name: string): number {
    const slot = this.#slots[this.#trace.layout[i] ?? 0]?.get(name) ?? -1;
    if (slot < 0) return 0;
    const value = this.#trace.args[(this.#trace.argStart[i] ?? 0) + slot] ?? 0;
    return Number.isNaN(value) ? 0 : value;
  }

  /** Did the kernel print this field? */
  has(i: number, name: string): boolean {
    const slot = this.#slots[this.#trace.layout[i] ?? 0]?.get(name) ?? -1;
    return slot >= 0 && !Number.isNaN(this.#trace.args[(this.#trace.argStart[i] ?? 0) + slot] ?? Number.NaN);
  }

  text(i: number, name: string): string {
    return this.#trace.strings[this.number(i, name)] ?? "";
  }

  file(i: number): string {
    return isLab(this.#trace.kind[i] as TraceKind) ? "trace_lab.txt" : "trace.txt";
  }

  describe(i: number): string {
    const event = traceEvent(this.#trace, i);
    const fields = Object.entries(event.fields).map(([name, value]) => `${name}=${value}`);
    return `${event.name} ${fields.join(" ")} (${event.comm}-${event.pid})`;
  }

  /** The order of the mm_page_free that a batched commit belongs to; set by commitPoints(). */
  batchedOrder(i: number): number | undefined {
    const order = this.#orders[i] ?? 0;
    return order === 0 ? undefined : order - 1;
  }

  setBatchedOrder(i: number, order: number): void {
    this.#orders[i] = order + 1;
  }
}
