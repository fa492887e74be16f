// Knows: the shape of what a page carries: a sentence, blocks that anybody can draw, the runs, and what can be run again.
// Must not know: any command, how anything is drawn.

import type { CellMap } from "../../scenario/result.js";
import type { ReportDocument } from "../run/document.js";
import type { Cell, Column } from "../table.js";

/** Raised when a page of another version could not read the document. */
export const ANSWER_VERSION = 3;

/** An area as a row of cells: how much of each is free, and which hold a frame that blocked. */
export interface AnswerArea {
  readonly title: string;
  /** What the map shows, for those who do not see it. */
  readonly told: string;
  readonly pages: number;
  readonly cell: number;
  readonly free: readonly number[];
  readonly culprits: readonly number[];
}

/** An area at one moment, by kind of page, and where in it a request got its memory. */
export interface AnswerKinds {
  readonly title: string;
  readonly map: CellMap;
  readonly mine?: { readonly startPfn: number; readonly pages: number };
}

/** One cost: a numbered dot for each row of the table above, success upwards. */
export interface AnswerScatter {
  readonly title: string;
  /** The cheapest and the dearest, in words. */
  readonly ends: readonly [string, string];
  /** Both from 0 to 1. */
  readonly points: readonly {
    readonly number: number;
    readonly cost: number;
    readonly share: number;
    readonly isUnbeaten: boolean;
    readonly told: string;
  }[];
}

/** What a page shows, in its order. Texts are plain: whoever draws them draws text. */
export type Block =
  | { readonly kind: "heading" | "text" | "lead"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[]; readonly isOrdered: boolean }
  | { readonly kind: "lines"; readonly lines: readonly string[] }
  | { readonly kind: "command"; readonly label: string; readonly text: string }
  | {
      readonly kind: "verdict";
      readonly verdict: string;
      readonly certainty: string;
      readonly text: string;
    }
  | {
      readonly kind: "table";
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly kind: "area"; readonly area: AnswerArea }
  | { readonly kind: "kinds"; readonly maps: readonly AnswerKinds[] }
  | { readonly kind: "scatters"; readonly plots: readonly AnswerScatter[] }
  | {
      /** Times on a scale of tens, a line for each row. */
      readonly kind: "times";
      readonly title: string;
      readonly names: readonly string[];
      /** Contestants that are drawn as what they are compared with: a square, a diamond. */
      readonly marked: Readonly<Record<string, "square" | "diamond">>;
      readonly rows: readonly { readonly label: string; readonly ns: readonly number[] }[];
    };

/** All frames at one moment, one class byte each: seen at once, before any engine runs. */
export interface Still {
  readonly timeNs: number;
  /** Of the machine at that moment: whoever runs it again must come to it. */
  readonly digest: string;
  readonly frames: number;
  readonly pageblockOrder: number;
  /** Deflated, in base64. */
  readonly map: string;
}

/** What the engine in the page runs again. */
export interface Scene {
  /** Name of a scenario of the package, or its YAML. */
  readonly scenario: string;
  readonly policy: string;
  readonly beside?: string;
  readonly forkNs?: number;
  readonly seed: number;
  /** What is seen first. */
  readonly timeNs: number;
  /** What is seen first, already. */
  readonly still?: Still;
  /** A preset that stands instead of the device in the text. */
  readonly device?: string;
  /** The device that the scenario names is this state: a snapshot, gzipped, in base64. */
  readonly state?: { readonly name: string; readonly snapshot: string };
}

/** What a page carries. */
export interface AnswerDocument {
  readonly version: typeof ANSWER_VERSION;
  /** The command: "pageblock run". */
  readonly brand: string;
  readonly title: string;
  /** The answer in one sentence. */
  readonly sentence: string;
  /** The call that gives the same answer; "" when nobody said. */
  readonly command: string;
  readonly blocks: readonly Block[];
  readonly runs?: ReportDocument;
  readonly scene?: Scene;
  readonly still?: Still;
}
