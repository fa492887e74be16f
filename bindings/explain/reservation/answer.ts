// Knows: what device tree, config.txt and command line asked for, what the kernel made of it, and why it is not the same.
// Must not know: formats, files, terminals.

import { type Finding, finding } from "../finding.js";
import type { Picture } from "../picture.js";
import { cmaState, pageShift } from "../totals.js";
import { type Certainty, RESERVATION_COMMAND } from "../verdicts.js";
import { checkTree } from "./check.js";

const MIB = 2 ** 20;

interface Wish {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly bytes: number;
  /** Section of config.txt, "all" for everything else. */
  readonly section: string;
}

/** Bytes of CMA that there are, null where nothing tells. */
function reservedBytes(picture: Picture): number | null {
  const { total } = cmaState(picture);
  return total === null ? null : total * 2 ** pageShift(picture);
}

function size(bytes: number): string {
  return `${Number((bytes / MIB).toFixed(2))} MiB`;
}

/** Why a wish was not followed: what is proved first. */
function reason(wish: Wish, picture: Picture, have: number): { why: string; write: string } {
  const command = picture.reservations.findLast(({ kind }) => kind === "cmdline");
  if (command?.bytes != null && command.bytes !== wish.bytes) {
    const why = `proved: cma= on the kernel command line (${size(command.bytes)}) replaces what device tree and overlays ask for`;
    const write = `take cma= off the command line, or write cma=${wish.bytes / MIB}M there`;
    return {
      why,
      write: have === command.bytes ? write : `${write}; the log says why even that was not made`,
    };
  }
  const failed = picture.reservations.find(({ kind }) => kind === "failed");
  if (failed !== undefined) {
    const why = `proved: the kernel tried and found no place (${failed.name ?? "CMA"}${failed.bytes === null ? "" : `, ${size(failed.bytes)}`})`;
    return {
      why,
      write:
        "a smaller area, or alloc-ranges with more free memory; a carve-out without no-map may lie in the way",
    };
  }
  if (wish.section !== "all") {
    const why = `likely: the line stands below [${wish.section}] and counts only for that model`;
    return { why, write: `move ${wish.text} below [all]` };
  }
  const why =
    "undecided: nothing shows why; another file, another kernel or an older boot may be the one in use";
  return { why, write: "compare with the boot log: dmesg | grep -iE 'cma|reserved'" };
}

function wishesOf(picture: Picture): Wish[] {
  const fromConfig = (picture.wishes ?? []).map(({ place, bytes, text, section }) => ({
    ...place,
    bytes,
    text,
    section,
  }));
  const fromTree = checkTree(picture.trees ?? [], 2 ** pageShift(picture)).flatMap(
    ({ node, bytes, problems }) =>
      bytes === null || problems.some(({ severity }) => severity === "error")
        ? []
        : [{ ...node.place, bytes, text: `the device tree's ${node.name}`, section: "all" }],
  );
  return [...fromConfig, ...fromTree];
}

/** Reservations that were asked for and did not come about as asked. */
export function reservationFindings(picture: Picture): Finding[] {
  const have = reservedBytes(picture);
  const findings: Finding[] = [];
  for (const { node, problems } of checkTree(picture.trees ?? [], 2 ** pageShift(picture))) {
    const { file, line } = node.place;
    for (const { severity, message, write } of problems) {
      findings.push(
        finding({
          verdict: "RESERVATION-SHRANK",
          certainty: severity === "error" ? "proved" : "likely",
          code: severity === "error" ? "tree-cannot-work" : "tree-doubtful",
          remedies: write === "" ? [] : [`write: ${write}`],
          message: `the device tree's ${node.name} ${severity === "error" ? "cannot work" : "is doubtful"}: ${message}`,
          evidence: [`${file}:${line}`],
          nextCommand: RESERVATION_COMMAND,
        }),
      );
    }
  }
  for (const wish of wishesOf(picture)) {
    if (have === null || have >= wish.bytes) continue;
    const { why, write } = reason(wish, picture, have);
    findings.push(
      finding({
        verdict: "RESERVATION-SHRANK",
        certainty: why.split(":")[0] as Certainty,
        code: "wish-not-followed",
        remedies: [`write: ${write}`],
        message: `${wish.text} asked for ${size(wish.bytes)}; CMA has ${size(have)}. ${why}`,
        evidence: [`${wish.file}:${wish.line}`],
        nextCommand: RESERVATION_COMMAND,
      }),
    );
  }
  return findings;
}
