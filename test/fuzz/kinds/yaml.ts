// Knows: fuzzing of scenario files: refused with every problem named, or accepted, and then the core takes them as well.
// Must not know: what a scenario means.

import type { DeviceDescription } from "../../../bindings/device/description.js";
import { resolveDevice } from "../../../bindings/device/resolve.js";
import { PageblockError } from "../../../bindings/engine/errors.js";
import { scenarioNames, scenarioText } from "../../../bindings/scenario/presets/index.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";
import { parseScenario } from "../../../bindings/scenario/yaml.js";
import { simulationOptions } from "../../../bindings/sweep/actor_specs.js";
import type { Target } from "../bytes_kind.js";

/** Frames and actors of what is created for real: larger ones take seconds. */
const MOST_FRAMES = 70_000;
const FIRST_NS = 2e6;
const MOST_EVENTS = 20_000;

const SMALL = `name: small
device: tiny
duration: 200ms
pressure: { swap: 16MiB, zram: 35% }
policy: android
workloads:
  - { kind: resident, anon: 40%, file: 16%, unmovable: 3%, interval: 20us, batch: 8 }
  - { kind: direct-io, queue-depth: 32, pages: 16KiB, service: 8ms, buffers: 10MiB, stop: 260ms }
  - { kind: noise }
  - { kind: zram }
  - { kind: slab }
clients:
  - { kind: camera, area: reserved, pages: 8MiB, start: 50ms, interval: 60ms, hold: 20ms, deadline: 5ms }
`;

const decoder = new TextDecoder();

async function judge(bytes: Uint8Array): Promise<string[]> {
  try {
    const scenario = parseScenario(decoder.decode(bytes), "input");
    const device = resolveDevice(scenario.device as DeviceDescription);
    const [policy] = scenario.policies;
    if (device.endPfn - device.startPfn > MOST_FRAMES || policy === undefined) return ["large"];
    // What the reader accepts the core accepts: an error of the user's here is one of ours.
    try {
      using simulation = await Simulation.create(simulationOptions(scenario, policy, 1));
      simulation.run(Math.min(FIRST_NS, scenario.durationNs), { events: MOST_EVENTS });
      const { fault, name } = simulation.machine.validate();
      if (fault !== 0) throw new Error(`unsound: ${name}`);
    } catch (error) {
      throw new Error(`accepted, but: ${(error as Error).message}`, { cause: error });
    }
    return scenario.actors.map(({ kind }) => `kind ${kind}`);
  } catch (error) {
    if (!(error instanceof PageblockError)) throw error;
    if (/\bundefined\b|\bNaN\b|\[object /.test(error.message))
      throw new Error(`says nothing: ${error.message}`);
    const words = error.message.replace(/"[^"]*"|'[^']*'|[\d.]+/g, "#").split("\n");
    return words.slice(0, 4).map((line) => `refused ${line.slice(0, 40)}`);
  }
}

export const yaml: Target = {
  name: "yaml",
  isText: true,
  samples: async () =>
    [SMALL, SMALL, SMALL, ...scenarioNames.map((name) => scenarioText(name))].map((text) =>
      new TextEncoder().encode(text),
    ),
  judge,
};
