// Knows: what every text importer is: a reader that is shown each line and takes what it understands.
// Must not know: any format.

import { IMPORT } from "../engine/limits.js";
import type { Severity } from "./errors.js";
import type { Facts, ImportIssue, Place } from "./facts.js";

/** What a reader has at hand for one file. */
export interface ReaderContext {
  readonly facts: Facts;
  readonly file: string;
  /** At most a few of each code are kept in full. */
  issue(severity: Severity, line: number, code: string, message: string): void;
}

export interface LineReader {
  /** One clean line. True: it belongs to this format. */
  line(text: string, place: Place): boolean;
  finish?(): void;
  /** False while the next lines mean something whatever they contain; absent: never. */
  isIdle?(line: number): boolean;
  /** A line that isPlain() and was not shown. */
  skipped?(text: string): void;
}

export interface Importer {
  readonly id: string;
  readonly title: string;
  open(context: ReaderContext): LineReader;
}

/** Keeps an issue while there is room. */
export function addIssue({ issues }: Facts, issue: ImportIssue): void {
  if (issues.length < IMPORT.issues) issues.push(issue);
}

/** Of each code this many issues are kept in full. */
const IN_FULL = 5;

/** Collects the issues of one file; equal ones beyond the first few become one line with their number. */
export class IssueCounter {
  private readonly counts = new Map<string, { seen: number; last: ImportIssue }>();

  constructor(
    private readonly facts: Facts,
    private readonly file: string,
  ) {}

  add(severity: Severity, line: number, code: string, message: string): void {
    const issue = { severity, file: this.file, line, code, message };
    const entry = this.counts.get(code);
    if (entry === undefined) this.counts.set(code, { seen: 1, last: issue });
    else {
      entry.seen += 1;
      entry.last = issue;
    }
    if ((entry?.seen ?? 1) <= IN_FULL) addIssue(this.facts, issue);
  }

  finish(): void {
    for (const { seen, last } of this.counts.values()) {
      if (seen > IN_FULL)
        addIssue(this.facts, { ...last, message: `${seen - IN_FULL} more like this: ${last.message}` });
    }
    this.counts.clear();
  }
}
