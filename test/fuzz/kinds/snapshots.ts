// Knows: fuzzing of snapshots: refused by a StateError, or restored to a machine that is sound and goes on.
// Must not know: the format of a snapshot, but for where its checksum stands.

import { Mobility, Op, PageLife } from "../../../assembly/abi/vocabulary.js";
import { MachineError, StateError } from "../../../bindings/engine/errors.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { Random } from "../../support/random.js";
import type { Target } from "../bytes_kind.js";
import { chooseMachine } from "../engine/device.js";

const CHECKSUM = 4;
const COMMANDS = 64;

/** FNV-1a over all words but its own: most damage is to get past it. */
function repair(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice(0, bytes.length & ~3);
  const words = new Uint32Array(out.buffer, 0, out.length >> 2);
  if (words.length <= CHECKSUM) return bytes;
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++)
    if (i !== CHECKSUM) hash = Math.imul(hash ^ (words[i] ?? 0), 0x01000193);
  words[CHECKSUM] = hash >>> 0;
  return out;
}

/** Small machines in use: a snapshot is a copy of their memory. */
async function samples(): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (let seed = 1; found.length < 6; seed++) {
    const { device, options } = chooseMachine(new Random(seed));
    if (device.endPfn - device.startPfn > 2_048) continue;
    using machine = await Machine.create(device, { ...options, slots: 64, eventRing: 16 });
    for (let i = 0; i < 200; i++) {
      const gfp = i % 3 === 0 ? GFP_KERNEL : GFP_HIGHUSER_MOVABLE;
      machine.allocate({ gfp, mobility: i % 3 === 0 ? Mobility.FIXED : Mobility.LRU, life: PageLife.KERNEL });
    }
    found.push(machine.snapshot());
  }
  return found;
}

/** What a machine does whatever state it is in: no trap but one that refuses. */
function goOn(machine: Machine): void {
  const { commands } = machine;
  for (let i = 0; i < COMMANDS; i++)
    commands.append(i % 2 ? Op.ALLOCATE : Op.TICK, 0, 0, 0, GFP_HIGHUSER_MOVABLE, 0, 0);
  commands.execute();
  commands.clear();
  machine.drainAll();
}

async function judge(bytes: Uint8Array): Promise<string[]> {
  let machine: Machine;
  try {
    machine = await Machine.restore(bytes, { core: "checked" });
  } catch (error) {
    if (error instanceof StateError)
      return [`refused ${error.message.replace(/[\d.]+|"[^"]*"/g, "#").slice(0, 50)}`];
    throw error;
  }
  try {
    const { name, fault } = machine.validate();
    if (fault !== 0) throw new Error(`restored, but unsound: ${name}`);
    goOn(machine);
    if (machine.validate().fault !== 0) throw new Error(`sound, but no longer after ${COMMANDS} commands`);
    return ["restored"];
  } catch (error) {
    if (error instanceof MachineError) return [`refused a command ${error.message.slice(0, 30)}`];
    throw error;
  } finally {
    machine.dispose();
  }
}

/** Words overwritten where the machine's numbers are, letters where its names are; a wrong length now and then. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.oneIn(20)) return bytes.slice(0, random.below(bytes.length));
  const out = bytes.slice();
  const words = new Uint32Array(out.buffer, 0, out.length >> 2);
  for (let i = 1 + random.below(random.pick([1, 4, 16])); i > 0; i--) {
    const where = random.weighted({ header: 1, front: 4, anywhere: 4, names: 2 });
    if (where === "names") {
      out[out.length - 1 - random.below(60)] = random.pick([34, 44, 58, 91, 93, 123, 125, 110, 0, 49]);
      continue;
    }
    const word =
      where === "header" ? random.below(5) : random.below(where === "front" ? 4_096 : words.length);
    words[word] = random.pick([
      0,
      1,
      0xffff_ffff,
      0x8000_0000,
      random.below(2 ** 16),
      (words[word] ?? 0) + 1,
    ]);
  }
  return out;
}

export const snapshots: Target = {
  name: "snapshots",
  isText: false,
  samples,
  judge,
  damage,
  finish: (bytes, random) => (random.oneIn(6) ? bytes : repair(bytes)),
};
