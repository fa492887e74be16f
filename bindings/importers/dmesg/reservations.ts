// Knows: what a kernel of any era says at boot of its CMA reservations, and what the command line asks for.
// Must not know: whether a reservation is large enough, why it could not be placed.
//
// Models: cma_declare_contiguous() of mm/cma.c, rmem_cma_setup() of kernel/dma/contiguous.c (drivers/base before 4.20),
// drivers/of/of_reserved_mem.c (a size in its failure line since 6.0), mem_init_print_info() and show_mem().

import { MOST, type Place, type ReservationFact } from "../facts.js";
import type { ReaderContext } from "../importer.js";

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes of `256 MiB`, `64M`, `16384 kB`, `0x1000000`; null when it is no size. */
export function parseSize(text: string): number | null {
  const match = /^\s{0,8}(0x[0-9a-fA-F]{1,13}|\d{1,12})\s{0,4}([kKmMgGbB]?)/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * (UNITS[match[2]!.toLowerCase()] ?? 1);
}

interface Read {
  readonly kind: ReservationFact["kind"];
  readonly bytes: number | null;
  readonly address?: number | null;
  readonly name?: string | null;
  readonly reason?: string | null;
}

const SIZE = "(\\d{1,9}\\s{0,2}[KMG]i?B)";

/** One row for each wording; the first that matches counts. Blanks before units are optional: people retype the lines. */
const ROWS: readonly { readonly words: RegExp; read(match: RegExpExecArray, text: string): Read }[] = [
  {
    // `cma: Reserved 256 MiB at 0x1ec00000`; 3.x: `CMA: reserved 16 MiB at 26400000`; since 6.15 also `in 2 ranges`.
    words: new RegExp(`cma\\s{0,8}: Reserved ${SIZE}(?: at (?:0x)?([0-9a-fA-F]{1,16}))?`, "i"),
    read: ([, size, at]) => ({ kind: "reserved", bytes: parseSize(size!), address: hexOf(at) }),
  },
  {
    words: new RegExp(`created CMA memory pool at (?:0x)?([0-9a-f]{1,16}), size ${SIZE}`, "i"),
    read: ([, at, size]) => ({
      kind: "reserved",
      bytes: parseSize(size!),
      address: hexOf(at),
      reason: "pool",
    }),
  },
  {
    words: new RegExp(`cma\\s{0,8}: Failed to reserve ${SIZE}`, "i"),
    read: ([, size]) => ({ kind: "failed", bytes: parseSize(size!) }),
  },
  {
    words:
      /failed to (?:allocate|reserve) memory (?:for|of) node '?([^':]{1,64})'?(?:: (?:base 0x[0-9a-f]{1,16}, )?size (\d{1,9}\s{0,2}[KMG]i?B))?/i,
    read: ([, name, size]) => ({
      kind: "failed",
      bytes: size === undefined ? null : parseSize(size),
      name: name!.trim(),
    }),
  },
  {
    words: /Reserved memory: (?:incorrect alignment of CMA region|unable to setup CMA region)/i,
    read: ([words]) => ({
      kind: "failed",
      bytes: null,
      reason: words.includes("alignment") ? "alignment" : "setup",
    }),
  },
  {
    words: /Not enough slots for CMA reserved regions/i,
    read: () => ({ kind: "failed", bytes: null, reason: "slots" }),
  },
  {
    words: /bypass (\S{1,64}) node, using cmdline CMA params/i,
    read: ([, name]) => ({ kind: "bypassed", bytes: null, name: name! }),
  },
  {
    // The firmware of some boards adds a cma= of its own: the last one counts.
    words: /command line\s{0,4}:(.{0,4000}?)$/i,
    read: ([, line]) => {
      const asked = [...` ${line}`.matchAll(/\scma=([0-9a-zA-Z]{1,20})/g)].at(-1);
      return { kind: "cmdline", bytes: asked === undefined ? null : parseSize(asked[1]!), name: "cma=" };
    },
  },
];

const STEMS = /cma|node|ommand line|eserved|RESERVED/i;

function hexOf(text: string | undefined): number | null {
  return text === undefined ? null : Number.parseInt(text, 16);
}

/** True when the line tells of a reservation or of the sum of all. */
export function readReservation(context: ReaderContext, text: string, place: Place): boolean {
  if (!STEMS.test(text)) return false;
  if (readTotal(context, text, place)) return true;
  const { reservations } = context.facts;
  for (const { words, read } of ROWS) {
    const match = words.exec(text);
    if (match === null) continue;
    const { kind, bytes, address = null, name = null, reason = null } = read(match, text);
    if (kind === "cmdline" && bytes === null) return false;
    if (reason === "slots" || reason === "setup" || reason === "alignment")
      return unset(context, place, reason);
    if (reservations.length < MOST)
      reservations.push({ place, kind, bytes, address, name, reason: reason === "pool" ? null : reason });
    return true;
  }
  return false;
}

/** A pool that was created and could not be set up is none; a second line about it adds nothing. */
function unset({ facts }: ReaderContext, place: Place, reason: string): boolean {
  const last = facts.reservations.at(-1);
  if (last !== undefined && place.line - last.place.line <= 2 && place.file === last.place.file) {
    if (last.kind === "reserved") last.kind = "failed";
    last.reason ??= reason;
    return true;
  }
  if (facts.reservations.length < MOST)
    facts.reservations.push({ place, kind: "failed", bytes: null, address: null, name: null, reason });
  return true;
}

/** `65536K cma-reserved` of the boot's memory line, `131072 pages cma reserved` of show_mem. */
function readTotal({ facts }: ReaderContext, text: string, place: Place): boolean {
  const kb = /(\d{1,12})K cma-reserved/.exec(text);
  const pages =
    kb === null && text.includes("pages cma reserved") ? /(\d{1,12}) pages cma reserved/.exec(text) : null;
  if (kb === null && pages === null) return false;
  const total =
    kb === null ? { bytes: null, pages: Number(pages![1]) } : { bytes: Number(kb[1]) * 1024, pages: null };
  if (facts.cmaTotals.length < MOST) facts.cmaTotals.push({ place, ...total });
  return true;
}
