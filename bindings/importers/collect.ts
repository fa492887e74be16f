// Knows: how the files of one moment become one collection of facts: packed, text or binary by content, piece by piece.
// Must not know: where the pieces come from (cli, browser), any format, what the facts prove.

import { ARCHIVE } from "../engine/limits.js";
import { type FileSink, newAllowance, Unpacker } from "./bundle/unpack.js";
import type { Severity } from "./errors.js";
import { emptyFacts, type Facts } from "./facts.js";
import { addIssue, IssueCounter, type LineReader, type ReaderContext } from "./importer.js";
import { KpageReader } from "./kpage/kpage.js";
import { isPlain } from "./plain.js";
import { importers } from "./registry.js";
import { cleanLine, LineSplitter, SoftBreaks } from "./text.js";

/** Bytes looked at to tell text from binary. */
const SNIFF = 4096;

/** A word about CMA in a line that no format owns: never "nothing about CMA". */
const MENTION = /cma(?!ke)/i;
const MOST_MENTIONS = 20;

/** Takes files one after the other: begin(name), push(piece)..., end(). Never throws on any content. */
export class Collector {
  /** What was found so far. */
  readonly facts: Facts = emptyFacts();
  private file: Unpacker | FileReader | undefined;
  private name = "";
  private found = 0;
  private entries = 0;
  private isArchive = false;
  private inBundle = false;

  /** @param skipsPlain pass over lines that no reader can want: faster, with the same facts */
  constructor(private readonly skipsPlain = true) {}

  /** @param inBundle one of many files of a folder: that it tells nothing is no news */
  begin(name: string, inBundle = false): void {
    this.end();
    this.name = name;
    this.inBundle = inBundle;
    this.isArchive = false;
    this.found = 0;
    this.entries = 0;
    const intake = {
      open: (label: string, inside: boolean) => this.open(label, inside || inBundle, label !== name),
      report: (label: string, severity: Severity, code: string, message: string) =>
        addIssue(this.facts, { severity, file: label, line: 1, code, message }),
    };
    this.file = new Unpacker(name, intake, newAllowance(), inBundle);
  }

  /** A piece of the file begun last: bytes or text. */
  push(piece: Uint8Array | string): void {
    if (typeof piece !== "string") this.file?.push(piece);
    else this.text().pushText(piece);
  }

  /** The file begun last has no more pieces. */
  end(): void {
    const { file, facts, name } = this;
    this.file = undefined;
    if (file === undefined) return;
    file.finish();
    if (this.isArchive) this.folder(name, { files: this.entries, unreadable: 0 }, this.found > 0);
    else if (!this.inBundle && !facts.formats.has(name)) facts.formats.set(name, new Set());
  }

  /** A folder or an archive of so many files was read. */
  folder(name: string, read: { files: number; unreadable: number }, hasFound: boolean): void {
    const { facts } = this;
    const { files, unreadable } = read;
    if (!facts.formats.has(name)) facts.formats.set(name, new Set());
    const place = { severity: "warning", file: name, line: 1 } as const;
    if (unreadable > 0)
      addIssue(facts, {
        ...place,
        code: "unreadable",
        message: `${unreadable} of ${files} files cannot be read`,
      });
    if (files > ARCHIVE.entries) {
      const message = `more than ${ARCHIVE.entries} files: the rest is left aside`;
      addIssue(facts, { ...place, code: "archive-limit", message });
    }
    if (hasFound) return;
    if (files === 0)
      return addIssue(facts, {
        ...place,
        code: "empty",
        message: "there is no file in it; links are not followed",
      });
    const message = `none of the ${files} files in it is about CMA or the page allocator`;
    addIssue(facts, { ...place, code: "nothing-for-us", message });
  }

  /** Something that stopped the reading of a file: what came before is kept. */
  fail(code: string, message: string): void {
    addIssue(this.facts, { severity: "error", file: this.name, line: 1, code, message });
  }

  /** Nothing more of this file will be taken: a reader of files may stop. */
  get isFull(): boolean {
    return this.file?.isFull ?? true;
  }

  private open(label: string, inBundle: boolean, isEntry: boolean): FileReader {
    this.isArchive ||= isEntry;
    this.entries += 1;
    const onFound = () => {
      this.found += 1;
    };
    return new FileReader(this.facts, label, inBundle, onFound, this.skipsPlain);
  }

  private text(): FileReader {
    if (this.file instanceof FileReader) return this.file;
    this.file = this.open(this.name, false, false);
    return this.file;
  }
}

/**
 * What logs and files of one moment tell, found by content, never by name; archives (.tgz, .zip, .gz) come apart by
 * themselves. Never throws: what could not be taken is in `issues`.
 * @param files content by name; names appear in the places of facts and issues
 */
export function collect(files: Readonly<Record<string, Uint8Array | string>>): Facts {
  const collector = new Collector();
  for (const [name, content] of Object.entries(files)) {
    collector.begin(name);
    collector.push(content);
  }
  collector.end();
  return collector.facts;
}

/** What is said of a file that the user named, and not of one that happened to lie in a bundle. */
const NO_NEWS: ReadonlySet<string> = new Set(["empty", "not-text", "binary-unknown", "nothing-for-us"]);

class FileReader implements FileSink {
  private readonly issues: IssueCounter;
  private readonly context: ReaderContext;
  private readonly splitter: LineSplitter;
  private readonly unfold: SoftBreaks;
  private readonly readers: { readonly id: string; readonly reader: LineReader }[];
  /** Readers that may wait for the next lines, and those that keep the line before. */
  private readonly waiting: readonly LineReader[];
  private readonly watching: readonly LineReader[];
  private decoder: TextDecoder | undefined;
  private binary: KpageReader | undefined;
  private readonly found = new Set<string>();
  private size = 0;
  private isForeign = false;

  /** @param onFound called at the end when the file told something */
  constructor(
    private readonly facts: Facts,
    private readonly name: string,
    private readonly inBundle: boolean,
    private readonly onFound: () => void,
    private readonly skipsPlain: boolean,
  ) {
    this.issues = new IssueCounter(facts, name);
    this.context = {
      facts,
      file: name,
      issue: (severity, line, code, message) => {
        if (!inBundle || !NO_NEWS.has(code)) this.issues.add(severity, line, code, message);
      },
    };
    this.readers = importers.map((importer) => ({ id: importer.id, reader: importer.open(this.context) }));
    const each = this.readers.map(({ reader }) => reader);
    this.waiting = each.filter((reader) => reader.isIdle !== undefined);
    this.watching = each.filter((reader) => reader.skipped !== undefined);
    const unfold = new SoftBreaks((raw, line) => this.line(raw, line, false));
    this.unfold = unfold;
    this.splitter = new LineSplitter((raw, line, cut) =>
      cut ? this.line(raw, line, cut) : unfold.take(raw, line),
    );
  }

  get isFull(): boolean {
    return this.isForeign || (this.binary?.isFull ?? false);
  }

  pushText(piece: string): void {
    this.size += piece.length;
    this.splitter.push(piece);
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const first = this.size === 0;
    this.size += piece.length;
    if (first) this.sniff(piece);
    if (this.isForeign) return;
    if (this.binary !== undefined) this.binary.push(piece);
    else {
      this.decoder ??= new TextDecoder();
      this.splitter.push(this.decoder.decode(piece, { stream: true }));
    }
  }

  finish(): void {
    if (this.binary !== undefined) {
      const table = this.binary.finish();
      if (table !== undefined) this.found.add(table.kind === "flags" ? "kpageflags" : "kpagecount");
    } else {
      if (this.decoder !== undefined) this.splitter.push(this.decoder.decode());
      this.splitter.finish();
      this.unfold.finish();
      for (const { reader } of this.readers) reader.finish?.();
    }
    if (this.inBundle && this.found.size === 0) return;
    this.onFound();
    if (this.size === 0) this.context.issue("warning", 1, "empty", "the file is empty");
    else if (this.found.size === 0 && this.binary === undefined && !this.isForeign) {
      this.context.issue(
        "warning",
        1,
        "nothing-for-us",
        "nothing in this file is about CMA or the page allocator",
      );
    }
    this.facts.formats.set(this.name, this.found);
    this.issues.finish();
  }

  private line(raw: string, line: number, cut: boolean): void {
    if (cut)
      this.context.issue(
        "warning",
        line,
        "line-too-long",
        "a line of more than four million characters was cut",
      );
    if (this.skipsPlain && isPlain(raw) && this.skip(raw, line)) return;
    const text = cleanLine(raw);
    if (text === "") return;
    const place = { file: this.name, line };
    for (const { id, reader } of this.readers) {
      if (!reader.line(text, place)) continue;
      this.found.add(id);
      return;
    }
    if (!MENTION.test(text)) return;
    if (!this.inBundle) this.found.add("mention");
    if (this.facts.mentions.length < MOST_MENTIONS)
      this.facts.mentions.push({ place, text: text.trim().slice(0, 200) });
  }

  /** No reader can want the line, unless one waits for something. */
  private skip(raw: string, line: number): boolean {
    for (const reader of this.waiting) if (reader.isIdle?.(line) === false) return false;
    for (const reader of this.watching) reader.skipped?.(raw);
    return true;
  }

  private sniff(piece: Uint8Array): void {
    const head = piece.subarray(0, SNIFF);
    if (head[0] === 0xff && head[1] === 0xfe) this.decoder = new TextDecoder("utf-16le");
    else if (isMostlyZero(head)) this.binary = new KpageReader(this.context);
    else if (isForeign(head)) {
      this.isForeign = true;
      this.context.issue(
        "error",
        1,
        "not-text",
        "neither text nor a table of frames: the file is left aside",
      );
    }
  }
}

/** Consoles put a few NULs into a text; tables of 64-bit words are full of them. */
function isMostlyZero(head: Uint8Array): boolean {
  let zeros = 0;
  for (const byte of head) zeros += byte === 0 ? 1 : 0;
  return zeros * 4 > head.length;
}

/** Packed and encrypted data has every control character; text has line ends, tabs and a few escapes. */
function isForeign(head: Uint8Array): boolean {
  let controls = 0;
  for (const byte of head) controls += byte < 9 || (byte > 13 && byte < 32 && byte !== 27) ? 1 : 0;
  return controls * 20 > head.length;
}

/** Issues of a file of which nothing at all could be taken. */
const UNUSABLE: ReadonlySet<string> = new Set([
  "empty",
  "not-text",
  "binary-unknown",
  "gzip-damaged",
  "archive-damaged",
  "archive-limit",
  "not-read",
]);

/** Was there any file that could be read, whatever it told? */
export function isUsable({ formats, issues }: Facts): boolean {
  const broken = new Set(issues.filter(({ code }) => UNUSABLE.has(code)).map(({ file }) => file));
  return [...formats].some(([file, found]) => found.size > 0 || !broken.has(file));
}

/** Why a file is of no use, one line each. */
export function whyUnusable({ issues }: Facts): readonly string[] {
  return issues.filter(({ code }) => UNUSABLE.has(code)).map(({ file, message }) => `${file}: ${message}`);
}
