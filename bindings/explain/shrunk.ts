// Knows: which reservations were asked for and not honoured, by whom, and what there is instead.
// Must not know: formats, single requests.

import { type Finding, finding } from "./finding.js";
import type { Picture } from "./picture.js";
import { enlarge, sizeText } from "./remedies.js";
import { cmaState, pageShift } from "./totals.js";
import { RESERVATION_COMMAND } from "./verdicts.js";

type Reservation = Picture["reservations"][number];

const SLOTS =
  "raise CONFIG_CMA_AREAS (7 by default on older kernels): the table of areas is full, so this one was not set up";
const ALIGNMENT =
  "align base and size of the node to a pageblock (4 MiB with 4 KiB pages, 32 MiB with 16 KiB, 512 MiB with 64 KiB)";

/** What the last cma= of the command line asks for; null without one. */
function askedByCommandLine({ reservations }: Picture): number | null {
  return reservations.findLast(({ kind }) => kind === "cmdline")?.bytes ?? null;
}

/** Who asked: a node, the command line when the sizes agree, else somebody whom the log does not name. */
function asker({ name, bytes, reason }: Reservation, commandLine: number | null): string {
  if (name !== null) return `the device tree's node ${name}`;
  if (reason !== null) return "a reserved-memory pool";
  if (bytes !== null && bytes === commandLine)
    return `the command line (cma=${sizeText(bytes).replace(" MiB", "M")})`;
  return "a reservation (the command line, the kernel's default size or a driver)";
}

/** Areas that were set up, in words; the failed one is not among them. */
function instead(picture: Picture, commandLine: number | null, failed: number | null): string {
  const whole = picture.reservations.filter(({ kind, bytes }) => kind === "reserved" && bytes !== null);
  const isOther =
    failed !== null &&
    commandLine !== null &&
    failed !== commandLine &&
    whole.some(({ bytes }) => bytes === commandLine);
  if (isOther) return `the area of ${sizeText(commandLine)} (cma=) is another one, and is whole`;
  if (whole.length > 0)
    return `${whole.map(({ bytes }) => sizeText(bytes!)).join(" and ")} were reserved instead`;
  const { total } = cmaState(picture);
  return total === null ? "" : `CMA has ${sizeMib(total * 2 ** pageShift(picture))} now`;
}

/** "0 MiB", "16 MiB": an area's size is MiB. */
function sizeMib(bytes: number): string {
  return bytes === 0 ? "0 MiB" : sizeText(bytes);
}

function remedies(reservation: Reservation, picture: Picture, asked: number | null): string[] {
  if (reservation.reason === "slots") return [SLOTS];
  if (reservation.reason === "alignment") return [ALIGNMENT];
  const mib = asked === null ? 256 : Math.ceil(asked / 2 ** 20);
  const half = 2 ** Math.max(2, Math.floor(Math.log2(Math.max(8, mib))) - 1);
  return [
    `ask for less: ${enlarge(picture.platform, half)}; the largest free range of memory below the limit of DMA did not hold ${mib} MiB`,
    "or give it a range with room: `alloc-ranges` of the node, or cma=SIZE@START-END (look at `Early memory node ranges` and the other reserved-memory nodes in the log)",
    "size and alignment must be multiples of a pageblock (4 MiB with 4 KiB pages, 32 MiB with 16 KiB, 512 MiB with 64 KiB)",
  ];
}

function ofFailed(reservation: Reservation, picture: Picture): Finding {
  const { bytes, place, reason } = reservation;
  const commandLine = askedByCommandLine(picture);
  const who = asker(reservation, commandLine);
  const size = bytes === null ? "" : ` for ${sizeText(bytes)}`;
  const why =
    reason === "slots"
      ? ": all slots for areas are used up (CONFIG_CMA_AREAS)"
      : reason === "alignment"
        ? ": its alignment is wrong"
        : "";
  const got = instead(picture, commandLine, bytes);
  const noSize = bytes === null && reason === null ? " (its size is not printed before 6.0)" : "";
  const { total } = cmaState(picture);
  const have = total === null ? null : total * 2 ** pageShift(picture);
  const isShort = have !== null && bytes !== null && have < bytes;
  return finding({
    verdict: "RESERVATION-SHRANK",
    code: "reservation",
    message: `${who} asked${size}${noSize} and was not placed${why}${got === "" ? "" : `; ${got}`}`,
    evidence: [`${place.file}:${place.line}`, ...(isShort ? [`short by ${sizeMib(bytes - have)}`] : [])],
    remedies: remedies(reservation, picture, bytes),
    nextCommand: RESERVATION_COMMAND,
  });
}

/** The command line asks for more than there is, and no line says that it failed. */
function ofCommandLine(picture: Picture): Finding[] {
  const asked = picture.reservations.findLast(({ kind }) => kind === "cmdline");
  const { total } = cmaState(picture);
  const shift = pageShift(picture);
  if (asked?.bytes == null || total === null) return [];
  const have = total * 2 ** shift;
  const isTold = picture.reservations.some(({ kind, bytes }) => kind === "failed" && bytes === asked.bytes);
  if (isTold || have + 2 ** shift > asked.bytes) return [];
  return [
    finding({
      verdict: "RESERVATION-SHRANK",
      code: "reservation",
      message: `the command line (its last cma=) asked for ${sizeText(asked.bytes)} and did not get it; CMA has ${sizeMib(have)} now`,
      evidence: [`${asked.place.file}:${asked.place.line}`, `short by ${sizeMib(asked.bytes - have)}`],
      remedies: remedies(asked, picture, asked.bytes),
      nextCommand: RESERVATION_COMMAND,
    }),
  ];
}

/** A node that the command line has overruled is no fault, but explains a size that surprises. */
function bypassed({ reservations }: Picture): Finding[] {
  const node = reservations.find(({ kind }) => kind === "bypassed");
  if (node === undefined) return [];
  const asked = reservations.findLast(({ kind }) => kind === "cmdline")?.bytes ?? null;
  return [
    finding({
      verdict: "BENIGN",
      code: "reservation-bypassed",
      message: `the device tree's node ${node.name} is not used, because the command line has a cma=${asked === null ? "" : sizeText(asked).replace(" MiB", "M")} of its own: that one counts`,
      evidence: [`${node.place.file}:${node.place.line}`],
      remedies: ["remove cma= from the command line to use the node, or write the size that you want there"],
      nextCommand: RESERVATION_COMMAND,
    }),
  ];
}

export function shrunk(picture: Picture): Finding[] {
  const seen = new Set<string>();
  const failed = picture.reservations.filter(({ kind, name, bytes, reason }) => {
    const key = `${name}|${bytes}|${reason}`;
    const isNew = kind === "failed" && !seen.has(key);
    if (isNew) seen.add(key);
    return isNew;
  });
  return [
    ...failed.slice(0, 50).map((reservation) => ofFailed(reservation, picture)),
    ...ofCommandLine(picture),
    ...bypassed(picture),
  ];
}
