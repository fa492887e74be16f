// Knows: taking a range of a machine's memory out of service, as memory hotplug does, and what keeps it from that.
// Must not know: who unplugs it, what it costs in time.

import { BlockReason } from "../../assembly/abi/findings.js";
import { Op, Status } from "../../assembly/abi/vocabulary.js";
import { CallError, MachineError } from "../engine/errors.js";
import { argument } from "../engine/units.js";
import type { Machine } from "./machine.js";

/** Whole blocks of the largest order in one zone; a memory block of sysfs has 128 MiB. */
export interface OfflineRange {
  /** First frame. */
  readonly start: number;
  /** Frames. */
  readonly pages: number;
  /** Passes over the range before it gives up, 1 to 1000, default 5: the kernel goes on until somebody sends a signal. */
  readonly passes?: number;
  /** Default 0. */
  readonly cpu?: number;
}

/** What came of it. */
export interface OfflineResult {
  /** The range is out of service: its frames are reserved, its zone manages so many pages less. */
  readonly ok: boolean;
  /** Why not; NONE when it is. UNMOVABLE before anything was moved: -EBUSY at once. All others: passes without end. */
  readonly reason: keyof typeof BlockReason;
  /** The frame in the way; 0 when there is none. */
  readonly blocker: number;
  /** Pages that were moved out of it, whether or not it is offline now. */
  readonly moved: number;
}

/**
 * offline_pages(): isolates all of the range, moves all that can be moved, takes it from its zone. What is refused at once:
 * pageblocks of type CMA, those of ZONE_CMA, reserved frames, and pages of the kernel outside of ZONE_MOVABLE.
 * @throws MachineError for a range that is no whole number of the largest blocks, or not of one zone
 */
export function offline(machine: Machine, range: OfflineRange): OfflineResult {
  if (typeof range !== "object" || range === null)
    throw new CallError("offline: range is missing; expected { start, pages }");
  const { start, pages, passes = 5, cpu = 0 } = range;
  argument("offline", "start", start, 2 ** 32);
  argument("offline", "pages", pages, 2 ** 32);
  argument("offline", "passes", passes, 2 ** 32);
  argument("offline", "cpu", cpu, 256);
  const { commands } = machine;
  commands.clear();
  commands.append(Op.OFFLINE, cpu, 0, 0, start, pages, passes);
  commands.execute();
  const status = commands.status(0);
  const [reason, blocker, moved] = [commands.detail(0), commands.pfn(0), commands.more(0)];
  commands.clear();
  if (status >= Status.BAD_COMMAND)
    throw new MachineError(status, `offline of ${pages} frames from ${start}`);
  return {
    ok: status === Status.OK,
    reason: BlockReason[reason] as keyof typeof BlockReason,
    blocker,
    moved,
  };
}
