// Knows: that commands with any arguments at all leave the machine sound: refused ones change nothing, none traps.
// Must not know: what the right arguments would be.
//
// One seed alone: PAGEBLOCK_SEED=7 npx vitest run test/oracle/misuse.test.ts

import { describe, expect, it } from "vitest";
import { Gfp, Op, Status } from "../../assembly/abi/vocabulary.js";
import { Machine } from "../../bindings/machine/machine.js";
import type { MachineState } from "../../bindings/state/types.js";
import { Random } from "../support/random.js";
import { shrink } from "../support/shrink.js";
import { SMALL_MACHINES } from "../support/small_machines.js";
import { type SmallMachine, smallState } from "../support/small_state.js";

const { PAGEBLOCK_SEED } = process.env;
const SEEDS = 40;
const STEPS = 2000;
/** Commands between two complete checks. */
const CHECK_EVERY = 50;

/** What anybody may ask for, and how a replay corrects itself. Loading and what a trace is trusted with are left out. */
const OPS: readonly Op[] = [
  ...[Op.NOP, Op.ALLOCATE, Op.ALLOCATE, Op.ALLOCATE, Op.ALLOCATE, Op.RELEASE, Op.RELEASE, Op.RELEASE_SLOT],
  ...[
    Op.SPLIT_RELEASE,
    Op.RELEASE_DIRECT,
    Op.BULK_ALLOCATE,
    Op.DRAIN_ALL,
    Op.DRAIN_PCP,
    Op.DECAY,
    Op.FOLD,
    Op.TICK,
  ],
  ...[Op.SET_BOOST, Op.SET_ZONE_FLAG, Op.ISOLATE_FREE, Op.ROTATE_FREE, Op.SET_CONTENT, Op.HINT_MOVABLE],
  ...[Op.HINT_REFILL, Op.TAKE_FREE, Op.UNTAKE, Op.DRAIN_PAGE, Op.CMA_ALLOCATE, Op.CMA_BEGIN, Op.CMA_STEP],
  ...[Op.CMA_RELEASE, Op.PIN, Op.UNPIN, Op.RUN_KSWAPD, Op.COMPACT],
];
const GFPS = [
  0,
  Gfp.MOVABLE | Gfp.HIGHMEM,
  Gfp.HIGH | Gfp.KSWAPD_RECLAIM,
  Gfp.IO | Gfp.FS | Gfp.DIRECT_RECLAIM,
];

interface Command {
  readonly op: Op;
  readonly cpu: number;
  readonly order: number;
  readonly flags: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Mostly numbers that could mean something, sometimes anything. */
function anyNumber(random: Random, machine: SmallMachine): number {
  const zone = random.pick(machine.zones);
  switch (random.below(8)) {
    case 0:
      return random.below(8);
    case 1:
      return random.below(64);
    case 2:
      return random.pick(GFPS);
    case 3:
      return (
        random.pick([0xffff_ffff, 0x8000_0000, 0x7fff_ffff, zone.start + zone.pages, zone.start - 1]) >>> 0
      );
    default:
      return zone.start + random.below(zone.pages);
  }
}

function anyCommand(random: Random, machine: SmallMachine): Command {
  const op = random.oneIn(50) ? (random.below(256) as Op) : random.pick(OPS);
  const isKnown = OPS.includes(op) || Op[op] === undefined;
  const number = () => anyNumber(random, machine);
  const isAllocation = op === Op.ALLOCATE && !random.oneIn(4);
  return {
    op: isKnown ? op : Op.NOP,
    cpu: random.oneIn(30) ? random.below(256) : random.below(machine.cpus),
    order: random.oneIn(20) ? random.below(256) : random.below(random.pick([1, 2, machine.maxOrder + 1])),
    flags: random.oneIn(3) ? random.below(random.pick([4, 256])) : 0,
    a: isAllocation ? random.pick(GFPS) : number(),
    b: random.oneIn(2) ? random.below(6) : number(),
    c: random.oneIn(2) ? random.below(3) : number(),
  };
}

/** What goes wrong in a run of commands, and behind how many; null: nothing. */
async function firstFault(
  state: MachineState,
  list: readonly Command[],
  checkEvery: number,
  statuses = new Set<Status>(),
): Promise<{ readonly length: number; readonly what: string } | null> {
  using machine = await Machine.fromState(state, { core: "checked" });
  const { commands } = machine;
  for (const [i, { op, cpu, order, flags, a, b, c }] of list.entries()) {
    const fault = (what: string) => ({ length: i + 1, what: `${Op[op] ?? op}: ${what}` });
    const isChecked = (i + 1) % checkEvery === 0 || i + 1 === list.length;
    const before = isChecked ? machine.digest() : "";
    commands.clear();
    commands.append(op, cpu, order, flags, a, b, c);
    try {
      commands.execute();
    } catch (error) {
      return fault((error as Error).message);
    }
    const status = commands.status(0);
    statuses.add(status);
    if (Status[status] === undefined) return fault(`answers ${status}`);
    if (!isChecked) continue;
    if (status >= Status.BAD_COMMAND && machine.digest() !== before)
      return fault(`refused, but changed the machine`);
    const { name, pfn, expected, got } = machine.validate();
    if (name !== "NONE") return fault(`${name} at ${pfn}: expected ${expected}, got ${got}`);
  }
  return null;
}

/** The run up to its fault, without whatever is not needed for it. */
async function explain(state: MachineState, list: readonly Command[]): Promise<string> {
  const first = await firstFault(state, list, 1);
  const fails = async (shorter: readonly Command[]) => (await firstFault(state, shorter, 1)) !== null;
  const short = await shrink(list.slice(0, first?.length), fails, 10_000);
  const rows = short.map((command) => `${Op[command.op] ?? command.op} ${JSON.stringify(command)}`);
  return [
    `behind ${first?.length} commands: ${first?.what}`,
    ...rows,
    (await firstFault(state, short, 1))?.what,
  ].join("\n");
}

const machines = SMALL_MACHINES.filter(({ name }) => /^tiny, (two|mostly|all)/.test(name));

describe.each(machines)("$name, Linux $kernel", (small) => {
  it("commands with any arguments leave it sound", async () => {
    const first = Number(PAGEBLOCK_SEED ?? 1);
    const statuses = new Set<Status>();
    for (let seed = first; seed < first + (PAGEBLOCK_SEED === undefined ? SEEDS : 1); seed++) {
      const random = new Random(seed);
      const state = smallState(small, seed);
      const list = Array.from({ length: STEPS }, () => anyCommand(random, small));
      const fault = await firstFault(state, list, CHECK_EVERY, statuses);
      if (fault !== null) expect.fail(`seed ${seed}, ${await explain(state, list.slice(0, fault.length))}`);
    }
    expect(statuses.size).toBeGreaterThan(PAGEBLOCK_SEED === undefined ? 15 : 5);
    expect([...statuses]).toEqual(
      expect.arrayContaining([Status.OK, Status.BAD_COMMAND, Status.NOT_ALLOCATED]),
    );
  });
});
