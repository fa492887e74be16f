// Knows: how many of those that were killed for want of memory have not given all of it back yet.
// Must not know: who they are, who chose them. Models oom_evaluate_task (mm/oom_kill.c, Linux 6.12): while a victim's
// memory is still to come, nobody else is killed.

import { SimulationWord } from "../../abi/run";
import { setSimulationWord, simulationWord } from "./actor";

export function isSomebodyDying(): bool {
  return simulationWord(SimulationWord.DYING) != 0;
}

export function beginDying(): void {
  setSimulationWord(SimulationWord.DYING, simulationWord(SimulationWord.DYING) + 1);
}

export function endDying(): void {
  setSimulationWord(SimulationWord.DYING, simulationWord(SimulationWord.DYING) - 1);
}
