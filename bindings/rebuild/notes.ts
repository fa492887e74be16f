// Knows: how the building of a state keeps account: what was wrong with the files, and what no file told.
// Must not know: what is built.

import type { Severity } from "../importers/errors.js";

/** Something about the files, or between two of them. */
export interface StateIssue {
  /** How bad it is. */
  readonly severity: Severity;
  /** Empty when no single file is meant. */
  readonly file: string;
  /** 1-based; 0 when no line is meant. */
  readonly line: number;
  /** For programs; stable. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
}

export class Notes {
  readonly issues: StateIssue[] = [];
  /** What no file told, in words: how it was filled in. */
  readonly assumed: string[] = [];

  add(
    severity: Severity,
    code: string,
    message: string,
    place: { readonly file: string; readonly line: number } = { file: "", line: 0 },
  ): void {
    this.issues.push({ severity, file: place.file, line: place.line, code, message });
  }

  assume(text: string): void {
    this.assumed.push(text);
  }
}
