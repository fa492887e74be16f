// Knows: a device in the state of a real one, and what a scenario and its results want to know of any device.
// Must not know: files, how a state is found, actors.

import type { DeviceDescription } from "../device/index.js";
import type { KernelId } from "../device/kernel.js";
import { resolveDevice } from "../device/resolve.js";
import type { Problem } from "../engine/errors.js";
import { configOfState, kernelOf } from "../machine/from_state.js";
import { type CreateOptions, Machine } from "../machine/machine.js";
import type { MachineState } from "../state/types.js";

/** A device that begins in a captured state: names and sizes of its areas come from there. */
export interface CapturedDevice {
  /** How results call it: the file that it was read from. */
  readonly name: string;
  /** Whose rules it follows: that of the state. */
  readonly kernel: KernelId;
  /** Where it begins. */
  readonly state: MachineState;
}

/** What a scenario runs on. */
export type ScenarioDevice = DeviceDescription | CapturedDevice;

/** One CMA area. Frames and pages. */
export interface AreaFacts {
  /** As described. */
  readonly name: string;
  /** First frame. */
  readonly start: number;
  /** Of all ranges. */
  readonly pages: number;
  /** In the order in which they are searched. */
  readonly ranges: readonly { readonly start: number; readonly pages: number }[];
}

/** What is asked of a device, described or captured. */
export interface DeviceFacts {
  /** How messages and results call it. */
  readonly name: string;
  /** Whose rules it follows. */
  readonly kernel: KernelId;
  /** Binary logarithm of the page size. */
  readonly pageShift: number;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Online CPUs. */
  readonly cpus: number;
  /** Zones by index; empty ones may be left out. */
  readonly zones: readonly { readonly index: number; readonly name: string; readonly managed: number }[];
  /** In the order of cma_areas[]. */
  readonly areas: readonly AreaFacts[];
  /** Pages that the allocator manages. */
  readonly totals: { readonly managed: number };
}

/** A device that begins in this state. @throws CaptureError for a kernel that is not modelled */
export function capturedDevice(name: string, state: MachineState): CapturedDevice {
  return { name, kernel: kernelOf(state), state };
}

export function isCaptured(device: unknown): device is CapturedDevice {
  return typeof device === "object" && device !== null && "state" in device;
}

function capturedFacts({ name, kernel, state }: CapturedDevice): DeviceFacts {
  const { pageShift, cpus, areas } = configOfState(state);
  return {
    name,
    kernel,
    pageShift,
    pageSize: 2 ** pageShift,
    cpus,
    zones: state.zones.map(({ index, name: zone, managed }) => ({ index, name: zone, managed })),
    areas: areas.map(({ name: area, ranges }) => ({
      name: area,
      start: ranges[0]?.basePfn ?? 0,
      pages: ranges.reduce((sum, { pages }) => sum + pages, 0),
      ranges: ranges.map(({ basePfn, pages }) => ({ start: basePfn, pages })),
    })),
    totals: { managed: state.zones.reduce((sum, { managed }) => sum + managed, 0) },
  };
}

/** @throws DeviceError, CaptureError */
export function factsOf(device: ScenarioDevice): DeviceFacts {
  return isCaptured(device) ? capturedFacts(device) : resolveDevice(device);
}

/** Every reason for which no machine could be made of it with these options. */
export function machineProblems(device: ScenarioDevice, options: CreateOptions): readonly Problem[] {
  return Machine.problems(isCaptured(device) ? device.state : resolveDevice(device), options);
}
