// Knows: the kernel's log of a run: version and reservations at boot, then each failed cma_alloc() at its time.
// Must not know: what the lines of a failure say, files. Models: cma_declare_contiguous_nid() of mm/cma.c.

import { ConfigWord } from "../../../assembly/abi/words.js";
import type { Machine } from "../../machine/machine.js";
import { kernelOfMachine } from "../tree/kernel.js";
import { failureLines } from "../tree/log.js";

/** `[    5.297688] ` */
export function logTime(nanoseconds: number): string {
  const microseconds = Math.floor(nanoseconds / 1000);
  const fraction = String(microseconds % 1_000_000).padStart(6, "0");
  return `[${String(Math.floor(microseconds / 1_000_000)).padStart(5)}.${fraction}] `;
}

/** Version and reservations, as the log begins. */
export function bootLines(machine: Machine): string {
  const kernel = kernelOfMachine(machine.views);
  const shift = machine.views.config(ConfigWord.PAGE_SHIFT);
  const at = logTime(0);
  const reserved = machine.cma.areas.flatMap(({ ranges }) =>
    ranges.map(({ basePfn, pages }) => {
      const address = (basePfn * 2 ** shift).toString(16).padStart(16, "0");
      const node = kernel === "6.1" ? "" : " on node -1";
      return `${at}cma: Reserved ${Math.floor((pages * 2 ** shift) / 2 ** 20)} MiB at 0x${address}${node}\n`;
    }),
  );
  return [`${at}Linux version ${kernel}.0 (pageblock)\n`, ...reserved].join("");
}

/** A failed cma_alloc() for the log. */
export interface FailedAlloc {
  /** Name of the area. */
  readonly area: string;
  /** Pages asked for. */
  readonly pages: number;
  /** Negative. */
  readonly errno: number;
  /** Virtual time of the failure. */
  readonly nanoseconds: number;
}

/** The lines of one failure, from the bitmaps as they are now: call it right after the request. */
export function toDmesg(machine: Machine, { area, pages, errno, nanoseconds }: FailedAlloc): string {
  const at = logTime(nanoseconds);
  return failureLines(machine, machine.cma.area(area), pages, errno)
    .map((line) => at + line)
    .join("");
}
