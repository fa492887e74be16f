// Knows: tar as POSIX and GNU write it, in passing: headers of 512 bytes, long names, pax records.
// Must not know: what an entry contains, where it might be written (nowhere).
//
// Own code and not a library: tables of frames are larger than all else and must go by in pieces, synchronously, in Node
// and in browsers; the libraries read a whole archive at once or are bound to one kind of stream.

/** Kinds of entries that matter; all others (links, devices) have no bytes of their own. */
export type TarKind = "file" | "folder" | "link" | "other";

export interface TarSink {
  begin(path: string, kind: TarKind, bytes: number): void;
  data(piece: Uint8Array): void;
  end(): void;
}

const BLOCK = 512;
/** A pax record or a GNU long name beyond this is no name. */
const LONGEST_NAME = 1 << 16;

export class TarError extends Error {}

function octal(block: Uint8Array, at: number, length: number): number {
  // GNU: a number too large for octal digits, binary, marked by the highest bit.
  if ((block[at]! & 0x80) !== 0) {
    let value = block[at]! & 0x3f;
    for (let i = 1; i < length; i++) value = value * 256 + block[at + i]!;
    return value;
  }
  const text = ascii(block, at, length).trim();
  return text === "" ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

function ascii(block: Uint8Array, at: number, length: number): string {
  let end = at;
  while (end < at + length && block[end] !== 0) end += 1;
  return new TextDecoder().decode(block.subarray(at, end));
}

/** Is this block a header? Its checksum says so, whatever the flavour of tar. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < BLOCK || block[0] === 0) return false;
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : block[i]!;
  return octal(block, 148, 8) === sum;
}

function kindOf(type: string): TarKind {
  if (type === "0" || type === "\0" || type === "" || type === "7") return "file";
  if (type === "5") return "folder";
  return type === "1" || type === "2" ? "link" : "other";
}

/** `27 path=some/where\n`: the last path and size that the records name. */
function paxRecords(bytes: Uint8Array): { path?: string; size?: number } {
  const text = new TextDecoder().decode(bytes);
  const path = /(?:^|\n)\d{1,6} path=([^\n]{1,4096})/.exec(text)?.[1];
  const size = /(?:^|\n)\d{1,6} size=(\d{1,15})/.exec(text)?.[1];
  return { ...(path === undefined ? {} : { path }), ...(size === undefined ? {} : { size: Number(size) }) };
}

/** Takes an archive in pieces of any size. @throws TarError where no header stands that should */
export class TarReader {
  private readonly block = new Uint8Array(BLOCK);
  private held = 0;
  /** Bytes of the entry, and of its padding, that are still to come. */
  private left = 0;
  private padding = 0;
  private inFile = false;
  private special: Uint8Array[] | undefined;
  private specialType = "";
  private next: { path?: string; size?: number } = {};
  private finished = false;

  constructor(private readonly sink: TarSink) {}

  push(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length && !this.finished) {
      if (this.left > 0) at += this.content(piece.subarray(at, at + Math.min(this.left, piece.length - at)));
      else if (this.padding > 0) {
        const skipped = Math.min(this.padding, piece.length - at);
        this.padding -= skipped;
        at += skipped;
      } else {
        const taken = Math.min(BLOCK - this.held, piece.length - at);
        this.block.set(piece.subarray(at, at + taken), this.held);
        this.held += taken;
        at += taken;
        if (this.held === BLOCK) this.header();
      }
    }
  }

  /** Answers whether the archive ended where it should. */
  finish(): boolean {
    const whole = this.left === 0 && this.held === 0;
    if (this.inFile) this.endEntry();
    return whole;
  }

  private content(part: Uint8Array): number {
    this.left -= part.length;
    if (this.special !== undefined) this.special.push(part.slice());
    else if (this.inFile) this.sink.data(part);
    if (this.left === 0) this.endEntry();
    return part.length;
  }

  private endEntry(): void {
    if (this.special !== undefined) {
      const bytes = new Uint8Array(this.special.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of this.special) {
        bytes.set(part, at);
        at += part.length;
      }
      if (this.specialType === "L") this.next = { ...this.next, path: ascii(bytes, 0, bytes.length) };
      else if (this.specialType === "x") this.next = { ...this.next, ...paxRecords(bytes) };
      this.special = undefined;
      return;
    }
    if (this.inFile) this.sink.end();
    this.inFile = false;
  }

  private header(): void {
    const { block } = this;
    this.held = 0;
    if (block.every((byte) => byte === 0)) {
      this.finished = true;
      return;
    }
    if (!isTarHeader(block)) throw new TarError("a header of the tar archive is damaged");
    const type = String.fromCharCode(block[156]!);
    const size = octal(block, 124, 12);
    if (!Number.isSafeInteger(size)) throw new TarError("a size in the tar archive is damaged");
    if (type === "L" || type === "x" || type === "K" || type === "g") {
      if (size > LONGEST_NAME) throw new TarError("a name in the tar archive is too long");
      this.special = [];
      this.specialType = type;
      this.expect(size);
      return;
    }
    const prefix = ascii(block, 257, 5) === "ustar" && block[262] === 0 ? ascii(block, 345, 155) : "";
    const short = ascii(block, 0, 100);
    const path = this.next.path ?? (prefix === "" ? short : `${prefix}/${short}`);
    const kind = kindOf(type);
    const bytes = this.next.size ?? size;
    this.next = {};
    this.sink.begin(path, kind, bytes);
    this.inFile = true;
    this.expect(kind === "link" || kind === "folder" ? 0 : bytes);
  }

  private expect(bytes: number): void {
    this.left = bytes;
    this.padding = (BLOCK - (bytes % BLOCK)) % BLOCK;
    if (bytes === 0) this.endEntry();
  }
}
