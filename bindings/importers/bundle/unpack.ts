// Knows: how a file that may be packed, and an archive in an archive, comes apart in passing: gzip, zip, tar by content.
// Must not know: formats of logs, the file system. Nothing is ever written anywhere: an entry's path is a label.

import { Gunzip, Unzip, UnzipInflate } from "fflate";
import { ARCHIVE } from "../../engine/limits.js";
import type { Severity } from "../errors.js";
import { HEAD_BYTES, kindOf } from "./kinds.js";
import { TarError, TarReader } from "./tar.js";

/** Takes one unpacked file. */
export interface FileSink {
  push(piece: Uint8Array): void;
  finish(): void;
  /** Nothing more of this file will be taken. */
  readonly isFull: boolean;
}

/** Who takes the files that come out, and what is said about archives. */
export interface Intake {
  /** @param inBundle one of many: a file that tells nothing is no news */
  open(name: string, inBundle: boolean): FileSink;
  report(name: string, severity: Severity, code: string, message: string): void;
}

/** What one archive given by the user may still bring, however deep. */
export interface Allowance {
  entries: number;
  bytes: number;
}

export function newAllowance(): Allowance {
  return { entries: ARCHIVE.entries, bytes: ARCHIVE.totalBytes };
}

/** A limit was met: the rest is left aside, what came before counts. */
class LimitError extends Error {}
/** An archive that ends before it should. */
class CutError extends Error {}

/** A packed piece of this size gives at most some 8 MiB at once. */
const PACKED_PIECE = 8192;

/** `a/../b` and drive letters are refused; a leading slash or `./` is only dropped. undefined: refused */
export function entryLabel(path: string): string | undefined {
  if (path.length > ARCHIVE.pathBytes) return undefined;
  const parts = path.replaceAll("\\", "/").split("/");
  if (parts.includes("..") || /^[a-zA-Z]:/.test(path)) return undefined;
  const label = parts.filter((part) => part !== "" && part !== ".").join("/");
  return label === "" ? undefined : label.replace(/\p{C}/gu, "?");
}

interface Counts {
  links: number;
  refused: number;
}

/** One file of unknown kind, in pieces. Never throws: what goes wrong is reported. */
/** fflate's errors carry a code of its own, a number. */
function isOfArchive(error: unknown): boolean {
  if (error instanceof LimitError || error instanceof CutError || error instanceof TarError) return true;
  return typeof (error as { code?: unknown }).code === "number";
}

export class Unpacker implements FileSink {
  private head: Uint8Array | undefined = new Uint8Array(0);
  private target: FileSink | undefined;
  private readonly counts: Counts = { links: 0, refused: 0 };
  private dead = false;
  private isGzip = false;
  private entry: FileSink | undefined;

  constructor(
    private readonly name: string,
    private readonly intake: Intake,
    private readonly allowance: Allowance,
    private readonly inBundle = false,
    private readonly depth = 0,
  ) {}

  get isFull(): boolean {
    return this.dead || (this.target?.isFull ?? false);
  }

  push(piece: Uint8Array): void {
    if (this.dead) return;
    if (this.head === undefined) {
      this.guarded(() => this.target?.push(piece));
      return;
    }
    const joined = new Uint8Array(this.head.length + piece.length);
    joined.set(this.head);
    joined.set(piece, this.head.length);
    this.head = joined;
    if (joined.length >= HEAD_BYTES) this.begin(joined);
  }

  finish(): void {
    if (this.head !== undefined) this.begin(this.head);
    if (!this.dead) this.guarded(() => this.target?.finish());
    this.closeEntry();
    const { links, refused } = this.counts;
    const { name, intake } = this;
    if (links > 0)
      intake.report(name, "info", "archive-links", `${links} links of the archive are not followed`);
    if (refused > 0) {
      const message = `${refused} entries whose path leaves the archive or is no path are left aside`;
      intake.report(name, "warning", "archive-path", message);
    }
  }

  private begin(head: Uint8Array): void {
    this.head = undefined;
    const kind = kindOf(head);
    const { name, intake, inBundle } = this;
    if (kind.kind === "foreign") {
      intake.report(
        name,
        inBundle ? "warning" : "error",
        "not-read",
        `this is ${kind.what}, which is not read; ${kind.advice}`,
      );
      this.dead = true;
      return;
    }
    if (kind.kind !== "plain" && this.depth >= ARCHIVE.depth) {
      intake.report(name, "warning", "archive-depth", "an archive in an archive, too deep: it is left aside");
      this.dead = true;
      return;
    }
    if (kind.kind === "plain") this.target = intake.open(name, inBundle);
    else if (kind.kind === "gzip") {
      this.isGzip = true;
      this.target = this.gzip();
    } else this.target = kind.kind === "zip" ? this.zip() : this.tar();
    this.guarded(() => this.target?.push(head));
  }

  /** What fflate, tar and the limits throw ends the reading of this file here; anything else is a bug of ours. */
  private guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!isOfArchive(error)) throw error;
      this.dead = true;
      const { name, intake } = this;
      if (error instanceof LimitError)
        intake.report(name, "error", "archive-limit", `${error.message}: the rest is left aside`);
      else {
        const [code, what] = this.isGzip ? ["gzip-damaged", "gzip data"] : ["archive-damaged", "archive"];
        intake.report(name, "error", code!, `the ${what} is damaged here: what came before was read`);
      }
    }
  }

  private gzip(): FileSink {
    const inner = new Unpacker(this.name, this.intake, this.allowance, this.inBundle, this.depth + 1);
    this.entry = inner;
    const meter = new Meter(this.allowance);
    const gunzip = new Gunzip((piece) => {
      meter.out(piece.length);
      inner.push(piece);
    });
    return this.fed(gunzip, meter, () => inner.isFull);
  }

  private zip(): FileSink {
    const meter = new Meter(this.allowance);
    const unzip = new Unzip((file) => {
      const entry = this.open(file.name, "file");
      file.ondata = (error, piece, final) => {
        if (error !== null) throw error;
        meter.out(piece.length);
        entry?.push(piece);
        if (final) this.closeEntry();
      };
      file.start();
    });
    unzip.register(UnzipInflate);
    return this.fed(unzip, meter, () => false);
  }

  private fed(
    stream: { push(piece: Uint8Array, final?: boolean): void },
    meter: Meter,
    isFull: () => boolean,
  ): FileSink {
    const none = new Uint8Array(0);
    return {
      push: (piece) => {
        for (let at = 0; at < piece.length && !isFull(); at += PACKED_PIECE) {
          const part = piece.subarray(at, at + PACKED_PIECE);
          meter.in(part.length);
          stream.push(part, false);
        }
      },
      finish: () => {
        if (!isFull()) stream.push(none, true);
      },
      get isFull() {
        return isFull();
      },
    };
  }

  private tar(): FileSink {
    const reader = new TarReader({
      begin: (path, kind) => {
        if (kind === "link") this.counts.links += 1;
        this.open(path, kind);
      },
      data: (piece) => this.entry?.push(piece),
      end: () => this.closeEntry(),
    });
    return {
      push: (piece) => reader.push(piece),
      finish: () => {
        if (!reader.finish()) throw new CutError("cut");
      },
      isFull: false,
    };
  }

  private open(path: string, kind: string): FileSink | undefined {
    this.closeEntry();
    if (kind !== "file" || path.endsWith("/")) return undefined;
    this.allowance.entries -= 1;
    if (this.allowance.entries < 0) throw new LimitError(`more than ${ARCHIVE.entries} entries`);
    const label = entryLabel(path);
    if (label === undefined) {
      this.counts.refused += 1;
      return undefined;
    }
    this.entry = new Unpacker(`${this.name}/${label}`, this.intake, this.allowance, true, this.depth + 1);
    return this.entry;
  }

  private closeEntry(): void {
    this.entry?.finish();
    this.entry = undefined;
  }
}

/** Holds what comes out against what went in. */
class Meter {
  private packed = 0;
  private unpacked = 0;

  constructor(private readonly allowance: Allowance) {}

  in(bytes: number): void {
    this.packed += bytes;
  }

  /** @throws LimitError */
  out(bytes: number): void {
    this.unpacked += bytes;
    this.allowance.bytes -= bytes;
    if (this.allowance.bytes < 0)
      throw new LimitError(`more than ${ARCHIVE.totalBytes / 2 ** 30} GiB unpacked`);
    if (this.packed > 0 && this.unpacked > ARCHIVE.ratioFrom && this.unpacked > this.packed * ARCHIVE.ratio)
      throw new LimitError(`more than ${ARCHIVE.ratio} bytes unpacked from each packed one`);
  }
}
