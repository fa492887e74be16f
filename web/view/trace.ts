// Knows: how a span of a run becomes a trace for ui.perfetto.dev.
// Must not know: the page.

import { RunStatus } from "../../assembly/abi/run.js";
import { recordTrace, toPerfetto } from "../../bindings/kernel_text/trace/index.js";
import { Simulation } from "../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";
import { policyIn, scenarioOf } from "./boot.js";
import type { Opening } from "./protocol.js";

/** What a million page operations a second do in a slice. */
const EVENT_RING = 2 ** 20;
const SLICE_NS = 1e6;

function runTo(simulation: Simulation, untilNs: number): void {
  while (simulation.run(untilNs) !== RunStatus.REACHED) simulation.takeLog();
  simulation.takeLog();
}

/** Every event from one moment to another, of the run from its boot; the policy holds from there. */
export async function traceOf(opening: Opening, fromNs: number, toNs: number): Promise<Uint8Array> {
  const scenario = await scenarioOf(opening);
  const policy = policyIn(scenario, opening.policy);
  using simulation = await Simulation.create({
    ...simulationOptions(scenario, policy, opening.seed),
    eventRing: EVENT_RING,
  });
  runTo(simulation, fromNs);
  const recorder = recordTrace(simulation.machine);
  for (let now = fromNs; now < toNs; ) {
    now = Math.min(now + SLICE_NS, toNs);
    runTo(simulation, now);
    recorder.poll();
  }
  return toPerfetto(recorder.recording());
}
