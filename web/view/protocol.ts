// Knows: what the page asks of the worker that holds a machine, and what it answers.
// Must not know: how either does its part.

import type { WindowRecord } from "../../bindings/scenario/result.js";

/** A run: what is in the link. */
export interface Opening {
  /** YAML. */
  readonly scenario: string;
  readonly policy: string;
  readonly seed: number;
  /** At this moment another policy is put in force; the run is seen from there on. */
  readonly fork?: { readonly policy: string; readonly timeNs: number };
}

/** Which failure is asked about: the first that ends behind this moment; and what is to be different. */
export interface Question {
  readonly opening: Opening;
  readonly policy: string;
  readonly afterNs: number;
}

/** What would have become of it, in words. */
export interface Words {
  readonly sentence: string;
}

export interface Opened {
  readonly name: string;
  readonly device: string;
  readonly startPfn: number;
  readonly frames: number;
  readonly pageblockOrder: number;
  readonly pageSize: number;
  readonly durationNs: number;
  readonly areas: readonly { readonly name: string; readonly startPfn: number; readonly pages: number }[];
}

export interface Moment {
  readonly nowNs: number;
  readonly digest: string;
  /** One class byte for each frame. */
  readonly map: Uint8Array;
  readonly requests: readonly Request[];
}

/** A cma_alloc that has ended. */
export interface Request {
  readonly client: string;
  readonly pages: number;
  readonly errno: number;
  readonly beginNs: number;
  readonly endNs: number;
  readonly windows: number;
}

/** The windows that a request has tried, at its end; the machine keeps the last 8192 of all requests. */
export interface WindowsTried {
  /** Pages that it asked for. */
  readonly pages: number;
  readonly windows: readonly WindowRecord[];
}

/** A frame in words. */
export interface FrameFacts {
  readonly pfn: number;
  readonly text: string;
}

export type Ask =
  | { readonly id: number; readonly kind: "open"; readonly opening: Opening }
  | { readonly id: number; readonly kind: "seek"; readonly timeNs: number }
  | { readonly id: number; readonly kind: "windows"; readonly nth: number }
  | { readonly id: number; readonly kind: "whatif"; readonly question: Question }
  | { readonly id: number; readonly kind: "frame"; readonly frame: number };

export type Answer =
  | { readonly id: number; readonly value: Opened | Moment | FrameFacts | Words | WindowsTried }
  | { readonly id: number; readonly error: string };
