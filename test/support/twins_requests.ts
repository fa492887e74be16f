// Knows: cma_alloc requests under way in both models, step by step between whatever else happens; and copies of the core.
// Must not know: what a step does.

import { BlockReason, RequestState } from "../../assembly/abi/findings.js";
import { contentOf } from "../../assembly/abi/frame_word.js";
import { Mobility, Op, PageLife } from "../../assembly/abi/vocabulary.js";
import { StatWord } from "../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE } from "../../bindings/engine/gfp.js";
import type { CmaRequest } from "../../bindings/machine/cma.js";
import { type Request, resultOf } from "../reference/cma.js";
import type { Operation } from "./operations.js";
import type { Twins } from "./twins.js";
import { compareResults, follow, forget, type Window } from "./twins_cma.js";

/** One cma_alloc in both. */
export interface TwinRequest {
  readonly area: number;
  readonly pages: number;
  readonly core: CmaRequest;
  readonly reference: Request;
  /** Windows that had been tried when it began. */
  readonly windows: number;
}

export type Tally = Map<string, number>;

export function count(tally: Tally, what: string, times = 1): void {
  tally.set(what, (tally.get(what) ?? 0) + times);
}

const MOST = 12;
/** States in which the bits of a window are set that nobody has been given. */
const OPEN_FROM = RequestState.WAITING;

export function cmaBegin(
  { core, reference, requests }: Twins,
  { id, area, pages, align, cpu }: Operation & { op: "cma_begin" },
): string | null {
  if (requests.size === MOST) return null;
  requests.set(id, {
    area,
    pages,
    core: core.cma.begin({ area, pages, align, cpu }),
    reference: reference.cmaBegin(area, pages, align, cpu),
    windows: core.views.stat(StatWord.WINDOWS),
  });
  return null;
}

/** One step of both, or steps to the end after a signal; the states after it, and at the end the answers, are the same. */
export function cmaStep(
  twins: Twins,
  { op, of }: Operation & { op: "cma_step" | "cma_kill" },
): string | null {
  const both = twins.requests.get(of);
  if (both === undefined) return null;
  const { core, reference, area, pages } = both;
  const moved = reference.moves.length;
  const dropped = reference.drops.length;
  if (op === "cma_kill") {
    reference.killed = true;
    core.kill();
    let state: RequestState;
    do state = twins.reference.cmaStep(reference);
    while (state !== RequestState.DONE && state !== RequestState.WAITING);
  } else {
    core.step();
    twins.reference.cmaStep(reference);
  }
  for (const move of reference.moves.slice(moved)) follow(twins, move);
  for (const pfn of reference.drops.slice(dropped)) forget(twins, pfn);
  if (core.state !== reference.state) {
    return `request ${of}: core in ${RequestState[core.state]}, reference in ${RequestState[reference.state]}`;
  }
  count(twins.tally, `step to ${RequestState[core.state]}`);
  if (core.result === undefined) return null;
  count(twins.tally, `cma_alloc ${core.result.errno}`);
  count(twins.tally, "page of a file dropped", reference.drops.length);
  for (const { reason } of core.result.windows) count(twins.tally, `window: ${BlockReason[reason]}`);
  twins.requests.delete(of);
  const { ok, pfn } = core.result;
  if (ok) twins.windows.set(of, { area, pfn, pages });
  const seen = twins.core.views.stat(StatWord.WINDOWS) - both.windows;
  return compareResults(resultOf(reference), core.result, seen);
}

/** Windows that requests under way have marked. */
export function openWindows({ requests }: Twins): Window[] {
  return [...requests.values()]
    .filter(({ reference }) => reference.state >= OPEN_FROM)
    .map(({ area, pages, reference }) => ({ area, pages, pfn: reference.start }));
}

export function setFile(twins: Twins, { of }: Operation & { op: "set_file" }): string | null {
  const block = twins.held.get(of);
  if (block === undefined || block.order > 0) return null;
  const content = contentOf(Mobility.LRU, PageLife.FILE, 0);
  const got = twins.command(Op.SET_CONTENT, 0, 0, 0, block.pfn, content);
  return twins.same(twins.reference.setFile(block.pfn), got.status);
}

/** A copy is what its original is, goes on by itself, and the original notices nothing. */
export function fork({ core, tally }: Twins): string | null {
  count(tally, "fork");
  const digest = core.digest();
  using copy = core.fork();
  if (copy.digest() !== digest) return "a copy differs from its original";
  for (let request = 0; request < MOST; request++) {
    for (let i = 0; i < 40; i++) {
      copy.commands.append(Op.CMA_STEP, 0, 0, 0, request, 0, 0);
      copy.commands.execute();
      copy.commands.clear();
      copy.allocate({ gfp: GFP_HIGHUSER_MOVABLE });
    }
  }
  for (const zone of copy.views.populatedZones()) {
    const { boost } = copy.views.zone(zone);
    copy.commands.append(Op.SET_BOOST, 0, 0, 0, zone, boost + 1, 0);
  }
  copy.commands.flush("a copy");
  copy.drainAll();
  const { fault, name, pfn } = copy.validate();
  if (fault !== 0) return `a copy: ${name} at ${pfn}`;
  if (copy.digest() === digest) return "a copy went nowhere";
  return core.digest() === digest ? null : "a copy has changed its original";
}
