// Knows: one run on a timeline: opens it, stands at any moment of it, tells what is there.
// Must not know: the page, how it is asked.

import { Region } from "../../assembly/abi/layout.js";
import { RunStatus } from "../../assembly/abi/run.js";
import { FrameKind, Mobility, PageFlag, PageLife } from "../../assembly/abi/vocabulary.js";
import { ConfigWord, StatWord } from "../../assembly/abi/words.js";
import { numbersOf, type Policy } from "../../bindings/policy/index.js";
import { factsOf } from "../../bindings/scenario/device_facts.js";
import { type LoggedRequest, Simulation } from "../../bindings/scenario/simulation.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";
import { Timeline } from "../../bindings/timeline/timeline.js";
import { whatIf } from "../../bindings/whatif/index.js";
import { Arrivals } from "./arrivals.js";
import { policyIn, scenarioOf } from "./boot.js";
import { lifeOfFrame } from "./life.js";
import type { Words } from "./overlay.js";
import type { ModeName } from "./palette.js";
import type {
  Ask,
  AskKind,
  Asks,
  FrameFacts,
  Lanes,
  Moment,
  Opened,
  Opening,
  Question,
  Request,
  Said,
  WindowsTried,
} from "./protocol.js";
import { Samples } from "./samples.js";
import { ownersOfSlots, valuesOf } from "./values.js";

/** Events that are kept until they are read: enough for what is run between two looks. */
const EVENT_RING = 2 ** 16;

interface Session {
  /** The moment that is shown: questions about frames are about that one. */
  shownNs: number;
  readonly timeline: Timeline;
  readonly samples: Samples;
  readonly arrivals: Arrivals;
  /** Requests that had ended where the run was forked. */
  readonly before: readonly LoggedRequest[];
}

let session: Session | undefined;

function opened(): Session {
  if (session === undefined) throw new Error("no run is open");
  return session;
}

/** Runs to the fork and puts the other policy in force there. */
function forkAt(simulation: Simulation, base: Policy, policy: Policy, timeNs: number): LoggedRequest[] {
  if (JSON.stringify(policy.rules) !== JSON.stringify(base.rules))
    throw new Error(
      `${policy.name} changes rules of the kernel, which are decided at boot: put it beside from the start`,
    );
  const logged: LoggedRequest[] = [];
  const take = () => {
    for (const request of simulation.takeLog()) logged.push(request);
  };
  while (simulation.run(timeNs) !== RunStatus.REACHED) take();
  take();
  simulation.applyPolicy(numbersOf(policy));
  return logged;
}

export async function open(opening: Opening): Promise<Opened> {
  const { policy: name, seed, fork } = opening;
  const scenario = await scenarioOf(opening);
  const policy = policyIn(scenario, name);
  session?.timeline.dispose();
  session = undefined;
  const simulation = await Simulation.create({
    ...simulationOptions(scenario, policy, seed),
    eventRing: EVENT_RING,
  });
  const before =
    fork === undefined ? [] : forkAt(simulation, policy, policyIn(scenario, fork.policy), fork.timeNs);
  const { views, engine } = simulation.machine;
  // What boot has left unwritten is written now, and not into the first difference.
  engine.unsigned(Region.FRAMES);
  const { areas, name: device, zones } = factsOf(scenario.device);
  const { startPfn, frameCount: frames } = views;
  const spans = areas.flatMap((area) =>
    area.ranges.map(({ start, pages }) => ({ name: area.name, frame: start - startPfn, frames: pages })),
  );
  const samples = new Samples(simulation, spans);
  const timeline = new Timeline(simulation, { sample: samples });
  session = { shownNs: simulation.nowNs, timeline, samples, arrivals: new Arrivals(timeline), before };
  return {
    name: scenario.name,
    device,
    startPfn,
    frames,
    pageblockOrder: views.config(ConfigWord.PAGEBLOCK_ORDER),
    pageSize: 2 ** views.config(ConfigWord.PAGE_SHIFT),
    durationNs: scenario.durationNs,
    everyNs: timeline.everyNs,
    areas: spans,
    zones: views.populatedZones().map((index) => {
      const zone = views.zone(index);
      const named = zones.find((one) => one.index === index)?.name ?? String(index);
      return { name: named, frame: zone.startPfn - startPfn, frames: zone.spanned };
    }),
    actors: simulation.actors.map((actor) => actor.name),
  };
}

function requestsOf({ timeline, before }: Session): Request[] {
  const { actors } = timeline.simulation;
  return [...before, ...timeline.requests].map(({ actor, pages, errno, beginNs, endNs, windows }) => ({
    client: actors[actor]?.name ?? "",
    pages,
    errno,
    beginNs,
    endNs,
    windows,
  }));
}

function seek(timeNs: number, mode: ModeName, isPlayed: boolean): Moment {
  const { timeline, arrivals } = opened();
  const { simulation } = timeline;
  timeline.extendTo(timeNs);
  arrivals.seek(timeNs);
  opened().shownNs = timeNs;
  const map = simulation.machine.views.classMap();
  arrivals.mark(map);
  return {
    nowNs: simulation.nowNs,
    digest: isPlayed ? "" : simulation.digest(),
    map,
    values: valuesOf(timeline, mode),
    requests: requestsOf(opened()),
    knownNs: timeline.knownNs,
  };
}

function extend(timeNs: number): Lanes {
  const { timeline, samples } = opened();
  // A run that was forked knows nothing of what was before.
  timeline.extendTo(Math.max(timeNs, timeline.startNs));
  return {
    ...samples.table,
    knownNs: timeline.knownNs,
    keptBytes: timeline.keptBytes,
    requests: requestsOf(opened()),
  };
}

/** Where a request ends its windows are in the machine's ring; the run stands there then. */
function windows(nth: number): WindowsTried {
  const { timeline, before } = opened();
  const request = timeline.requests[nth - before.length];
  if (request === undefined) return { pages: 0, windows: [], earlier: [] };
  timeline.seek(request.endNs);
  const { simulation } = timeline;
  const lastWindow = simulation.machine.views.stat(StatWord.WINDOWS);
  const tried = simulation.windowsOf({ ...request, lastWindow });
  const blockers = new Set(tried.map(({ blockerPfn }) => blockerPfn).filter((pfn) => pfn !== 0));
  const earlier = timeline.requests.slice(0, nth - before.length).flatMap((other, index) => {
    const counts = new Map<number, number>();
    for (const { blockerPfn } of simulation.windowsOf(other))
      if (blockers.has(blockerPfn)) counts.set(blockerPfn, (counts.get(blockerPfn) ?? 0) + 1);
    return [...counts].map(([pfn, count]) => ({ pfn, request: index + before.length, windows: count }));
  });
  return { pages: request.pages, windows: tried, earlier };
}

/** What would have become of the first failure behind a moment. */
export async function question({ opening, policy, afterNs }: Question): Promise<Said> {
  const scenario = await scenarioOf(opening);
  const base = policyIn(scenario, opening.policy);
  const options = { seed: opening.seed, policy: base, request: { afterNs } };
  const { sentence } = await whatIf(scenario, [{ policy: policyIn(scenario, policy) }], options);
  return { sentence };
}

/** The run at the moment that is shown, wherever other questions have led it. */
function shown(): Simulation {
  const { timeline, shownNs } = opened();
  timeline.seek(shownNs);
  return timeline.simulation;
}

/** The block that a frame belongs to, in words. */
function frame(index: number): FrameFacts {
  const simulation = shown();
  const { views } = simulation.machine;
  const pfn = views.startPfn + index;
  let head = views.frame(pfn);
  for (let order = 1; head.kind === FrameKind.BODY && order <= 13; order++) {
    const candidate = views.frame(views.startPfn + Math.floor(index / 2 ** order) * 2 ** order);
    if (candidate.kind !== FrameKind.BODY && candidate.pfn + 2 ** candidate.order > pfn) head = candidate;
  }
  const flags = Object.entries(PageFlag).filter(
    ([, bit]) => typeof bit === "number" && (head.flags & bit) !== 0,
  );
  const words = [`${FrameKind[head.kind]} of order ${head.order} at pfn ${head.pfn}`];
  if (head.kind === FrameKind.ALLOCATED) words.push(PageLife[head.life] ?? "", Mobility[head.mobility] ?? "");
  const owner = ownersOfSlots(simulation.actors)[views.owner(head.pfn)] ?? 0;
  if (owner > 0) words.push(`of ${simulation.actors[owner - 1]?.name}`);
  if (head.pins > 0) words.push(`${head.pins} pins`);
  return { pfn, text: [...words, ...flags.map(([name]) => name)].join(", ") };
}

/** Frame words and owners of some pageblocks. */
function words(blocks: readonly number[]): Words {
  const simulation = shown();
  const { engine, views } = simulation.machine;
  const size = 2 ** views.config(ConfigWord.PAGEBLOCK_ORDER);
  const { frames } = engine;
  const bySlot = ownersOfSlots(simulation.actors);
  const found = new Uint32Array(blocks.length * size);
  const owners = new Uint8Array(found.length);
  for (const [nth, block] of blocks.entries())
    for (let i = 0; i < size && block * size + i < views.frameCount; i++) {
      const at = nth * size + i;
      found[at] = frames.word(block * size + i) as number;
      owners[at] = bySlot[views.owner(views.startPfn + block * size + i)] ?? 0;
    }
  const names = ["", ...simulation.actors.map(({ name }) => name)];
  return { startPfn: views.startPfn, blocks, words: found, owners, names };
}

/** Answers what is asked of an open run. */
export function ask(
  data: Exclude<Ask, { kind: "open" | "whatif" | "read" | "trace" | "pack" }>,
): Asks[AskKind]["answer"] {
  switch (data.kind) {
    case "seek":
      return seek(data.timeNs, data.mode, data.isPlayed);
    case "extend":
      return extend(data.timeNs);
    case "windows":
      return windows(data.nth);
    case "frame":
      return frame(data.frame);
    case "words":
      return words(data.blocks);
    case "life":
      return lifeOfFrame(opened().timeline, data.frame, data.timeNs);
  }
}
