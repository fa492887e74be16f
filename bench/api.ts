// Knows: what the public calls cost in JavaScript, as benny measures it. Must not know: the C twin.

import benny from "benny";
import { Op } from "../assembly/abi/vocabulary.js";
import { GFP_HIGHUSER_MOVABLE } from "../bindings/engine/gfp.js";
import { Machine } from "../bindings/machine/machine.js";

export interface ApiRow {
  readonly name: string;
  readonly operationsPerSecond: number;
}

/** Single steps against a batch in one crossing: operations per second, a pair counts as two. */
export async function apiRows(): Promise<ApiRow[]> {
  const machine = await Machine.create("tiny");
  const { commands } = machine;
  const summary = await benny.suite(
    "public calls",
    benny.add("allocate + release, single steps", () => {
      const result = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE });
      if (result.ok) machine.release(result.pfn);
    }),
    benny.add("allocate + release, batches of 256", () => {
      commands.clear();
      for (let i = 0; i < 256; i++) commands.append(Op.ALLOCATE, 0, 0, 0, GFP_HIGHUSER_MOVABLE, i + 1, 0);
      commands.execute();
      commands.clear();
      for (let i = 0; i < 256; i++) commands.append(Op.RELEASE_SLOT, 0, 0, 0, i, 0, 0);
      commands.execute();
      commands.clear();
    }),
  );
  machine.dispose();
  return summary.results.map(({ name, ops }) => ({
    name,
    operationsPerSecond: ops * (name.includes("256") ? 512 : 2),
  }));
}
