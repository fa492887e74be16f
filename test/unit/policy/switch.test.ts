// Knows: that a machine which is switched to a policy decides from then on as one that began with it.
// Must not know: what a policy decides.

import { describe, expect, it } from "vitest";
import { GFP_HIGHUSER_MOVABLE } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import type { MachinePolicy } from "../../../bindings/machine/policy.js";
import { numbersOf, policies } from "../../../bindings/policy/index.js";
import { CoreImages } from "../../support/core_image.js";
import { Random } from "../../support/random.js";

const policy = (name: string): MachinePolicy => numbersOf(policies.get(name)!);

describe("a switch while the machine runs", () => {
  /** What a machine answers to a script of random requests. */
  function decisions(machine: Machine, seed: number, count: number): number[] {
    const random = new Random(seed);
    const held: { pfn: number; order: number }[] = [];
    const answers: number[] = [];
    while (answers.length < count) {
      if (held.length > 0 && random.below(100) < 45) {
        const [block] = held.splice(random.below(held.length), 1);
        machine.release(block!.pfn, block!.order, 0);
        answers.push(block!.pfn);
        continue;
      }
      const order = random.pick([0, 0, 0, 0, 1, 2, 3, 9]);
      const gfp = random.pick([
        GFP_HIGHUSER_MOVABLE,
        GFP_HIGHUSER_MOVABLE | 0x1000_0000,
        0xcc0,
        0xcd0,
        0x2000_0000 | GFP_HIGHUSER_MOVABLE,
      ]);
      const page = machine.allocate({ gfp, order, cpu: 0 });
      if (page.ok) held.push({ pfn: page.pfn, order });
      answers.push(page.ok ? page.pfn : -1);
    }
    for (const { pfn, order } of held) machine.release(pfn, order);
    return answers;
  }

  it.each([...policies.values()].filter((row) => row.switch === "live").map(({ name }) => name))(
    "%s: with every page freed and lists drained the next 10,000 decisions are those of a machine that began with it",
    async (name) => {
      using scripted = await Machine.create("tiny", { core: "release" });
      decisions(scripted, 1, 3000);
      scripted.drainAll();
      scripted.fold();
      // The one state, under both: a copy that is switched, and a machine of the policy in that very state.
      using switched = scripted.fork();
      switched.applyPolicy(policy(name));
      using began = await Machine.create("tiny", { policy: policy(name) });
      copyState(scripted, began);
      expect(began.digest()).toBe(switched.digest());
      expect(decisions(switched, 2, 10_000)).toEqual(decisions(began, 2, 10_000));
      expect(switched.digest()).toBe(began.digest());
      expect(switched.validate().name).toBe("NONE");
    },
  );
});

/** Everything but the policies in force. */
function copyState(from: Machine, to: Machine): void {
  new CoreImages(to).restore(new CoreImages(from).save());
}
