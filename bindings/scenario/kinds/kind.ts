// Knows: what one kind of workload says about itself: its keys with unit, default, source, limits and meaning.
// Must not know: any kind, YAML, the machine.

import { type ActorKind, Spread } from "../../../assembly/abi/simulation.js";
import type { Dimension } from "../quantity.js";

/** As a person writes it: "254MiB", 8, true, "200/s". */
export type Written = string | number | boolean;

export interface ParameterRow {
  /** Index in the abi's parameters of the kind. */
  readonly index: number;
  readonly dimension: Dimension;
  /** Written as a person would; undefined: the key is required. */
  readonly default: Written | undefined;
  readonly doc: string;
  /** Where the default comes from; "chosen" when we decided it ourselves. */
  readonly source: string;
  /** Limits, written like values. */
  readonly min?: Written;
  readonly max?: Written;
}

/** Settled parameters by key: pages, nanoseconds, shares, counts. */
export type Values = Readonly<Record<string, number>>;

/** A client asks cma_alloc for buffers; a workload does everything else. */
export type Role = "workload" | "client";

export interface Kind<Key extends string = string, R extends Role = Role> {
  readonly kind: ActorKind;
  readonly role: R;
  readonly doc: string;
  /** Does it belong to a CMA area? A client whose area is optional takes the system heap without one. */
  readonly area: "none" | "optional" | "required";
  readonly parameters: Readonly<Record<Key, ParameterRow>>;
  /** Most pages that it may own at the same time. */
  readonly slots: (values: Values) => number;
  /** Slots that it finds by number, however little memory there is; absent: it shares out what slots there are. */
  readonly numbered?: (values: Values) => number;
  /** Pages of its largest request for contiguous memory, and the order of the alignment. */
  readonly request?: (values: Values) => { readonly pages: number; readonly align: number };
}

/** Only to keep the keys and the role of the row for the compiler. */
export function kind<Key extends string, R extends Role>(row: Kind<Key, R>): Kind<Key, R> {
  return row;
}

export function value(values: Values, key: string): number {
  return values[key] ?? 0;
}

/** Longest size that a drawn size is given room for: eight times the mean (e^-8 of an exponential is beyond). */
export function roomFor(values: Values, mean: string, spread: string): number {
  return value(values, mean) * (value(values, spread) === Spread.FIXED ? 1 : 8);
}

/** Alignment order that the DMA layer asks for: min(get_order, CONFIG_CMA_ALIGNMENT = 8). */
export const DMA_ALIGN_MAX = 8;
export const DMA_ALIGN_SOURCE = "CONFIG_CMA_ALIGNMENT = 8, kernel/dma/contiguous.c";

export function dmaAlign(pages: number): number {
  return Math.min(Math.ceil(Math.log2(Math.max(pages, 1))), DMA_ALIGN_MAX);
}
