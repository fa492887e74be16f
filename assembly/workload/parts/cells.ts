// Knows: records of what is in flight: pins of an I/O, buffers that are held. Taken, linked, given back.
// Must not know: what they stand for.

import { CellWord, SimulationWord } from "../../abi/run";
import { ConfigWord } from "../../abi/words";
import { NONE } from "../../memory/list";
import { CELLS, config } from "../../memory/regions";
import { now } from "../../time/clock";
import { setSimulationWord, simulationWord } from "./actor";

function cellAt(cell: u32): usize {
  return CELLS + <usize>(cell * (CellWord.COUNT << 2));
}

export function cellWord(cell: u32, word: i32): u32 {
  return load<u32>(cellAt(cell) + ((<usize>word) << 2));
}

export function setCellWord(cell: u32, word: i32, value: u32): void {
  store<u32>(cellAt(cell) + ((<usize>word) << 2), value);
}

/** A free record, its time now; NONE, and the simulation stops, when all are in use. */
export function takeCell(actor: i32, first: u32, pages: i32): u32 {
  let cell: u32 = simulationWord(SimulationWord.CELL_FREE);
  if (cell) {
    cell -= 1;
    setSimulationWord(SimulationWord.CELL_FREE, cellWord(cell, CellWord.NEXT));
  } else {
    cell = simulationWord(SimulationWord.CELLS_USED);
    if (cell >= <u32>config(ConfigWord.CELLS)) {
      setSimulationWord(SimulationWord.LOST, 1);
      return NONE;
    }
    setSimulationWord(SimulationWord.CELLS_USED, cell + 1);
  }
  setCellWord(cell, CellWord.ACTOR, actor);
  setCellWord(cell, CellWord.FIRST, first);
  setCellWord(cell, CellWord.PAGES, pages);
  setCellWord(cell, CellWord.A, 0);
  setCellWord(cell, CellWord.B, 0);
  setCellWord(cell, CellWord.NEXT, 0);
  store<u64>(cellAt(cell), now(), CellWord.SINCE_LOW << 2);
  return cell;
}

export function giveCell(cell: u32): void {
  setCellWord(cell, CellWord.NEXT, simulationWord(SimulationWord.CELL_FREE));
  setSimulationWord(SimulationWord.CELL_FREE, cell + 1);
}

/** Nanoseconds since it was taken. */
export function ageOf(cell: u32): f64 {
  return <f64>(now() - load<u64>(cellAt(cell), CellWord.SINCE_LOW << 2));
}

/** A time that the actor wants to remember, instead of when the record was taken. */
export function setCellTime(cell: u32, nanoseconds: f64): void {
  store<f64>(cellAt(cell), nanoseconds, CellWord.SINCE_LOW << 2);
}

export function cellTime(cell: u32): f64 {
  return load<f64>(cellAt(cell), CellWord.SINCE_LOW << 2);
}
