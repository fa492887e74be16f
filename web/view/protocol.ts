// Knows: what the page asks of the worker that holds a machine, and what it answers.
// Must not know: how either does its part.

import type { WindowRecord } from "../../bindings/scenario/result.js";
import type { MachineState } from "../../bindings/state/types.js";
import type { Span, Words } from "./overlay.js";
import type { ModeName } from "./palette.js";
import type { DroppedFile, Told } from "./reader.js";

/** A state to begin in: what `pageblock snapshot` writes, or one that files of a moment made. */
export interface DeviceState {
  readonly name: string;
  readonly state: Uint8Array | MachineState;
}

/** A run: what is in the link, and the device that stands instead of the scenario's. */
export interface Opening {
  /** YAML. */
  readonly scenario: string;
  readonly policy: string;
  readonly seed: number;
  /** At this moment another policy is put in force; the run is seen from there on. */
  readonly fork?: { readonly policy: string; readonly timeNs: number };
  /** A preset, or a state. */
  readonly device?: string | DeviceState | undefined;
}

/** Which failure is asked about: the first that ends behind this moment; and what is to be different. */
export interface Question {
  readonly opening: Opening;
  readonly policy: string;
  readonly afterNs: number;
}

/** What would have become of it, in words. */
export interface Said {
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
  /** From one kept state to the next: what ages are told in. */
  readonly everyNs: number;
  readonly areas: readonly Span[];
  readonly zones: readonly Span[];
  /** Names by index; an owner is an index + 1. */
  readonly actors: readonly string[];
}

export interface Moment {
  readonly nowNs: number;
  /** "" while the run is played: it costs as much as all frames do. */
  readonly digest: string;
  /** One class byte for each frame. */
  readonly map: Uint8Array;
  /** What the mode shows, where that is not the class. */
  readonly values?: Uint8Array | undefined;
  /** All that have ended as far as the run is known. */
  readonly requests: readonly Request[];
  /** Far behind this moment when the run was there before. */
  readonly knownNs: number;
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
  /** Windows of earlier requests that the same frames were in the way of, as far as they are kept. */
  readonly earlier: readonly { readonly pfn: number; readonly request: number; readonly windows: number }[];
}

/** A frame in words. */
export interface FrameFacts {
  readonly pfn: number;
  readonly text: string;
}

/** What happened to a frame, in order. */
export interface Life {
  readonly pfn: number;
  readonly fromNs: number;
  readonly events: readonly { readonly timeNs: number; readonly text: string }[];
  /** Events that came and went before they were read. */
  readonly lost: number;
}

/** Samples at equal distances, from the beginning as far as the run is known. */
export interface Lanes {
  readonly everyNs: number;
  readonly startNs: number;
  readonly knownNs: number;
  /** Bytes that the kept states take. */
  readonly keptBytes: number;
  /** Frames of all areas with a pin, free pages of all zones, pages reclaimed since the beginning. */
  readonly pinned: readonly number[];
  readonly free: readonly number[];
  readonly reclaimed: readonly number[];
  readonly requests: readonly Request[];
}

export interface Asks {
  open: { readonly ask: { readonly opening: Opening }; readonly answer: Opened };
  seek: {
    readonly ask: { readonly timeNs: number; readonly mode: ModeName; readonly isPlayed: boolean };
    readonly answer: Moment;
  };
  /** Makes the run known up to a moment; the run stands anywhere then. */
  extend: { readonly ask: { readonly timeNs: number }; readonly answer: Lanes };
  windows: { readonly ask: { readonly nth: number }; readonly answer: WindowsTried };
  whatif: { readonly ask: { readonly question: Question }; readonly answer: Said };
  frame: { readonly ask: { readonly frame: number }; readonly answer: FrameFacts };
  words: { readonly ask: { readonly blocks: readonly number[] }; readonly answer: Words };
  /** Files of a moment, without a run. */
  read: { readonly ask: { readonly files: readonly DroppedFile[] }; readonly answer: Told };
  /** What `pageblock snapshot` would write of a state. */
  pack: {
    readonly ask: { readonly device: DeviceState };
    readonly answer: { readonly snapshot: Uint8Array };
  };
  /** A trace of the span, for ui.perfetto.dev. */
  trace: {
    readonly ask: { readonly opening: Opening; readonly fromNs: number; readonly toNs: number };
    readonly answer: { readonly trace: Uint8Array };
  };
  life: { readonly ask: { readonly frame: number; readonly timeNs: number }; readonly answer: Life };
}

export type AskKind = keyof Asks;
export type AskOf<Kind extends AskKind> = { readonly id: number; readonly kind: Kind } & Asks[Kind]["ask"];
export type Ask = { [Kind in AskKind]: AskOf<Kind> }[AskKind];

export type Answer =
  | { readonly id: number; readonly value: Asks[AskKind]["answer"] }
  | { readonly id: number; readonly error: string };
