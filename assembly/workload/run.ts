// Knows: the loop of a simulation: the next event, who it is for, until when.
// Must not know: what an actor does (workload/kinds).

import { LOG_CAPACITY } from "../abi/limits";
import { RunStatus, RunStop, SimulationWord } from "../abi/run";
import { ActorKind, ActorWord, Parameter } from "../abi/simulation";
import { SIMULATION } from "../memory/regions";
import { now, resetSpent, setNow } from "../time/clock";
import { nextTime, schedule, takeNext, takenActor, takenPayload, takenTag, takenTime } from "../time/queue";
import { act } from "./kinds";
import { killOne } from "./oom";
import { actorWord, parameter, seedStreams, setSimulationWord, simulationWord, Tag } from "./parts/actor";

/** Schedules the start and the stop of every actor; parameters, costs and seeds have been written. */
export function begin(): void {
  const actors = simulationWord(SimulationWord.ACTORS);
  for (let actor = 0; actor < actors; actor++) {
    if (actorWord(actor, ActorWord.KIND) == ActorKind.KSWAPD)
      setSimulationWord(SimulationWord.KSWAPD, actor + 1);
    seedStreams(actor);
    schedule(<u64>parameter(actor, Parameter.START), actor, Tag.START, 0);
    const end = parameter(actor, Parameter.STOP);
    if (end > 0) schedule(<u64>end, actor, Tag.STOP, 0);
  }
}

/** Before the next event a request may end: is there still room for it in the log? */
function isLogFull(): bool {
  return simulationWord(SimulationWord.LOGGED) >= LOG_CAPACITY - 1;
}

/**
 * Performs events up to and including `until` (nanoseconds, low and high word), at most `most`; stops behind the events
 * that `stops` names (RunStop), and always when the log is full. RunStatus. The clock stands at `until` when it is
 * reached and never goes back: any slicing gives the same run.
 */
export function run(untilLow: u32, untilHigh: u32, most: i32, stops: i32): i32 {
  const until = ((<u64>untilHigh) << 32) | untilLow;
  for (let done = 0; done < most; done++) {
    const time = nextTime();
    if (time > until) {
      setNow(max(until, now()));
      return RunStatus.REACHED;
    }
    if (isLogFull()) return RunStatus.LOGGED;
    takeNext();
    setNow(max(takenTime(), now()));
    resetSpent();
    const logged = simulationWord(SimulationWord.LOGGED);
    const begun = simulationWord(SimulationWord.BEGUN);
    act(takenActor(), takenTag(), takenPayload());
    if (simulationWord(SimulationWord.SHORT_OF_MEMORY)) {
      setSimulationWord(SimulationWord.SHORT_OF_MEMORY, 0);
      killOne();
    }
    store<u64>(
      SIMULATION,
      load<u64>(SIMULATION, SimulationWord.EVENTS_LOW << 2) + 1,
      SimulationWord.EVENTS_LOW << 2,
    );
    if (simulationWord(SimulationWord.LOST)) return RunStatus.OVERFLOW;
    if (stops & RunStop.BEGIN && simulationWord(SimulationWord.BEGUN) != begun) return RunStatus.BEGUN;
    if (stops & RunStop.LOG && simulationWord(SimulationWord.LOGGED) != logged) return RunStatus.LOGGED;
  }
  return RunStatus.EVENTS;
}
