// Knows: one run on a timeline: opens it, stands at any moment of it, tells what is there.
// Must not know: the page.

import { RunStatus } from "../../assembly/abi/run.js";
import { FrameKind, Mobility, PageFlag, PageLife } from "../../assembly/abi/vocabulary.js";
import { ConfigWord, StatWord } from "../../assembly/abi/words.js";
import { numbersOf, type PolicyRow, policies, policyNames, policyOf } from "../../bindings/policy/index.js";
import { factsOf } from "../../bindings/scenario/device_facts.js";
import { type LoggedRequest, Simulation } from "../../bindings/scenario/simulation.js";
import { Timeline } from "../../bindings/scenario/timeline.js";
import { parseScenario } from "../../bindings/scenario/yaml.js";
import { simulationOptions } from "../../bindings/sweep/actor_specs.js";
import { whatIf } from "../../bindings/whatif/index.js";
import type {
  Answer,
  Ask,
  FrameFacts,
  Moment,
  Opened,
  Opening,
  Question,
  WindowsTried,
  Words,
} from "./protocol.js";

type Fork = NonNullable<Opening["fork"]>;

let timeline: Timeline | undefined;
/** Requests that had ended where the run was forked. */
let before: readonly LoggedRequest[] = [];

function opened(): Timeline {
  if (timeline === undefined) throw new Error("no run is open");
  return timeline;
}

function policyNamed(name: string): PolicyRow {
  const policy = policies.get(name);
  if (policy !== undefined) return policy;
  throw new Error(`policy ${JSON.stringify(name)}: expected one of ${policyNames.join(", ")}`);
}

/** Runs to the fork and puts the other policy in force there. */
function forkAt(simulation: Simulation, base: PolicyRow, { policy: name, timeNs }: Fork): LoggedRequest[] {
  const policy = policyNamed(name);
  if (JSON.stringify(policy.rules) !== JSON.stringify(base.rules))
    throw new Error(
      `${name} changes rules of the kernel, which are decided at boot: put it beside from the start`,
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

async function open({ scenario: text, policy: name, seed, fork }: Opening): Promise<Opened> {
  const scenario = parseScenario(text);
  const policy = policyNamed(name);
  timeline?.dispose();
  const simulation = await Simulation.create(simulationOptions(scenario, policy, seed));
  before = fork === undefined ? [] : forkAt(simulation, policy, fork);
  timeline = new Timeline(simulation);
  const { views } = simulation.machine;
  const { areas, name: device } = factsOf(scenario.device);
  return {
    name: scenario.name,
    device,
    startPfn: views.startPfn,
    frames: views.frameCount,
    pageblockOrder: views.config(ConfigWord.PAGEBLOCK_ORDER),
    pageSize: 2 ** views.config(ConfigWord.PAGE_SHIFT),
    durationNs: scenario.durationNs,
    areas: areas.flatMap((area) =>
      area.ranges.map(({ start, pages }) => ({ name: area.name, startPfn: start, pages })),
    ),
  };
}

function seek(timeNs: number): Moment {
  const { simulation } = opened();
  opened().seek(timeNs);
  const requests = [...before, ...opened().requests].map(
    ({ actor, pages, errno, beginNs, endNs, windows }) => ({
      client: simulation.actors[actor]?.name ?? "",
      pages,
      errno,
      beginNs,
      endNs,
      windows,
    }),
  );
  return {
    nowNs: simulation.nowNs,
    digest: simulation.digest(),
    map: simulation.machine.views.classMap(),
    requests,
  };
}

/** Where a request ends its windows are in the machine's ring; the run stands there then. */
function windows(nth: number): WindowsTried {
  const request = opened().requests[nth - before.length];
  if (request === undefined) return { pages: 0, windows: [] };
  opened().seek(request.endNs);
  const { simulation } = opened();
  const lastWindow = simulation.machine.views.stat(StatWord.WINDOWS);
  return { pages: request.pages, windows: simulation.windowsOf({ ...request, lastWindow }) };
}

/** What would have become of the first failure behind a moment. */
async function asked({ opening, policy, afterNs }: Question): Promise<Words> {
  const base = policyOf(policyNamed(opening.policy));
  const options = { seed: opening.seed, policy: base, request: { afterNs } };
  const { sentence } = await whatIf(
    parseScenario(opening.scenario),
    [{ policy: policyOf(policyNamed(policy)) }],
    options,
  );
  return { sentence };
}

/** The block that a frame belongs to, in words. */
function frame(index: number): FrameFacts {
  const { machine } = opened().simulation;
  const { views } = machine;
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
  if (head.pins > 0) words.push(`${head.pins} pins`);
  return { pfn, text: [...words, ...flags.map(([name]) => name)].join(", ") };
}

function answer(ask: Ask): Promise<Opened | Words> | Moment | FrameFacts | WindowsTried {
  if (ask.kind === "open") return open(ask.opening);
  if (ask.kind === "windows") return windows(ask.nth);
  if (ask.kind === "whatif") return asked(ask.question);
  return ask.kind === "seek" ? seek(ask.timeNs) : frame(ask.frame);
}

self.addEventListener("message", async ({ data }: MessageEvent<Ask>) => {
  try {
    const value = await answer(data);
    const moved = "map" in value ? [value.map.buffer as ArrayBuffer] : [];
    self.postMessage({ id: data.id, value } satisfies Answer, { transfer: moved });
  } catch (error) {
    self.postMessage({ id: data.id, error: (error as Error).message } satisfies Answer);
  }
});
