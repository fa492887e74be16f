// Knows: what a kernel says at boot of its version and of its CMA reservations, and what the command line asks for.
// Must not know: whether a reservation is large enough.

import { MOST, type Place } from "../facts.js";
import type { ReaderContext } from "../importer.js";
import { numberAfter, wordAfter } from "../text.js";

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes of `256 MiB`, `64M`, `16384 kB`, `0x1000000`; null when it is no size. */
export function parseSize(text: string): number | null {
  const match = /^\s{0,8}(0x[0-9a-fA-F]{1,13}|\d{1,12})\s{0,4}([kKmMgGbB]?)/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * (UNITS[match[2]!.toLowerCase()] ?? 1);
}

const VERSION = /^(\d{1,2}\.\d{1,3}(?:\.\d{1,4})?[-+\w.]{0,60})(?:\s|$)/;

/** True when the line says something of the boot. */
export function readBoot(context: ReaderContext, text: string, place: Place): boolean {
  const { facts } = context;
  const version = wordAfter(text, "Linux version ") ?? uname(text) ?? taint(text);
  if (version !== null && /^\d{1,2}\.\d/.test(version)) {
    facts.kernel = setKernel(context, version.slice(0, 80), place);
    return true;
  }
  if (place.line <= 30 && text.length < 80) {
    const bare = VERSION.exec(text);
    // A line of its own that begins with a release, as people paste it ("4.19.40-v7+ Pi3b").
    if (bare !== null && /[a-zA-Z+]/.test(bare[1]!) && bare[1]!.split(".").length > 2)
      facts.kernel = setKernel(context, bare[1]!, place);
  }
  return readReservation(context, text, place);
}

function uname(text: string): string | null {
  const match = /\bLinux [\w.-]{1,64} (\d{1,2}\.\d{1,3}\.\d{1,4}\S{0,60}) #\d/.exec(text);
  return match?.[1] ?? null;
}

/** The header of a warning: `CPU: 0 PID: 1 Comm: swapper Not tainted 5.10.17-v7l+ #1`. */
function taint(text: string): string | null {
  const match = /\b(?:Not tainted|Tainted: [A-Z ]{1,40}) (\d{1,2}\.\d{1,3}\.\d{1,4}\S{0,60}) /.exec(text);
  return match?.[1] ?? null;
}

function setKernel({ facts, issue }: ReaderContext, version: string, place: Place): string {
  const known = facts.kernel;
  const short = (text: string) => text.split(/[.-]/, 2).join(".");
  if (known !== null && short(known) !== short(version)) {
    issue(
      "warning",
      place.line,
      "two-kernels",
      `the kernel is ${version} here and ${known} before: these logs are not of one moment`,
    );
  }
  return known ?? version;
}

function readReservation(context: ReaderContext, text: string, place: Place): boolean {
  const { facts } = context;
  const add = (
    kind: "reserved" | "failed" | "cmdline",
    bytes: number | null,
    address: number | null,
    name: string | null,
  ): boolean => {
    if (bytes === null || facts.reservations.length >= MOST) return false;
    facts.reservations.push({ place, kind, bytes, address, name });
    return true;
  };
  const reserved = /cma\s?: Reserved (\d{1,9}) MiB at (?:0x)?([0-9a-fA-F]{1,16})/i.exec(text);
  if (reserved !== null)
    return add("reserved", Number(reserved[1]) * 2 ** 20, Number.parseInt(reserved[2]!, 16), null);
  const failed =
    /failed to (?:allocate|reserve) memory (?:for|of) node '?([^':]{1,64})'?: (?:base 0x[0-9a-f]{1,16}, )?size (\d{1,9} \w{1,3})/i.exec(
      text,
    );
  if (failed !== null) return add("failed", parseSize(failed[2]!), null, failed[1]!);
  if (/cma\s?: Failed to reserve (\d{1,9}) MiB/i.test(text)) {
    return add("failed", (numberAfter(text, "reserve ") ?? 0) * 2 ** 20, null, null);
  }
  const created =
    /(?:created CMA memory pool at|Created CMA memory pool at) 0x([0-9a-f]{1,16}), size (\d{1,9} \w{1,3})/i.exec(
      text,
    );
  if (created !== null)
    return add("reserved", parseSize(created[2]!), Number.parseInt(created[1]!, 16), null);
  if (/[Cc]ommand line:/.test(text)) {
    const asked = /\scma=([0-9a-zA-Z]{1,20})/.exec(text.slice(0, 4096));
    return asked !== null && add("cmdline", parseSize(asked[1]!), null, "cma=");
  }
  return false;
}
