// Knows: how a bad input file is reported: one error class for what stops an import, one issue shape for
// what does not, and a sink that keeps thousands of equal issues from burying the rest.
// Must not know: any file format, the file system.

import { PageblockError } from "../engine/errors.js";

/** info: understood and set aside; warning: may matter; error: something needed was not understood. */
export type Severity = "info" | "warning" | "error";

/** Something about an input that did not stop the import. */
export interface CaptureIssue {
  /** How bad it is. */
  severity: Severity;
  /** Name of the file. */
  file: string;
  /** 1-based; undefined when the whole file is meant. */
  line: number | undefined;
  /** What was found, in a sentence. */
  message: string;
}

/** What a CaptureError is made of. */
export interface CaptureErrorDetail {
  /** Name of the file. */
  file: string;
  /** 1-based; undefined when the whole file is meant. */
  line?: number | undefined;
  /** What is wrong, without file and line. */
  problem: string;
  /** What would be right. */
  expected?: string | undefined;
  /** The error behind it. */
  cause?: unknown;
}

/** An input that cannot be imported. The message is `file:line: what is wrong; expected ...`. */
export class CaptureError extends PageblockError {
  override readonly name = "CaptureError";
  /** Name of the file. */
  readonly file: string;
  /** 1-based; undefined when the whole file is meant. */
  readonly line: number | undefined;
  /** What would be right, where that can be said. */
  readonly expected: string | undefined;

  /** @internal */
  constructor(detail: CaptureErrorDetail) {
    const place = detail.line === undefined ? detail.file : `${detail.file}:${detail.line}`;
    const wish = detail.expected === undefined ? "" : `; expected ${detail.expected}`;
    super("BAD_CAPTURE", `${place}: ${detail.problem}${wish}`, { cause: detail.cause });
    this.file = detail.file;
    this.line = detail.line;
    this.expected = detail.expected;
  }
}

/** `file:line: severity: message`, as a terminal shows it. */
export function formatIssue(issue: CaptureIssue): string {
  const place = issue.line === undefined ? issue.file : `${issue.file}:${issue.line}`;
  return `${place}: ${issue.severity}: ${issue.message}`;
}

/** A piece of an input, made fit for a message: one line, printable, short. */
export function quote(text: string, limit = 40): string {
  const short = text.length > limit ? `${text.slice(0, limit)}...` : text;
  return JSON.stringify(short);
}

/** Collects issues; of each kind the first few in full, then one line with the number of the rest. */
export class IssueSink {
  private readonly counts = new Map<string, { seen: number; last: CaptureIssue }>();

  constructor(
    private readonly target: CaptureIssue[],
    private readonly limit = 10,
  ) {}

  /** @param kind issues of one kind are counted together */
  add(kind: string, issue: CaptureIssue): void {
    const entry = this.counts.get(kind);
    if (entry === undefined) {
      this.counts.set(kind, { seen: 1, last: issue });
      this.target.push(issue);
      return;
    }
    entry.seen += 1;
    entry.last = issue;
    if (entry.seen <= this.limit) {
      this.target.push(issue);
    }
  }

  /** Call once, at the end: tells how many issues were left out. */
  finish(): void {
    for (const { seen, last } of this.counts.values()) {
      if (seen > this.limit) {
        const message = `${seen - this.limit} more like this: ${last.message}`;
        this.target.push({ ...last, message });
      }
    }
    this.counts.clear();
  }
}
