// Knows: `pageblock whatif`: a scenario and what to change in, one sentence, a table, JSON or a page out, its exit codes.
// Must not know: how a branch is run.

import { prepareFile, writeAside } from "../../durable/index.js";
import { PageblockError } from "../../engine/errors.js";
import type { CoreBuild } from "../../engine/load.js";
import { findPolicy, policies } from "../../policy/index.js";
import type { Scene } from "../../report/answer/index.js";
import { renderTable } from "../../report/index.js";
import { renderAnswer } from "../../report/node.js";
import type { Scenario } from "../../scenario/scenario.js";
import { savedIn, type WhatIfAnswer, whatIf } from "../../whatif/index.js";
import { ExitCode } from "../exit.js";
import { progressBar } from "../progress.js";
import { readScenarioFile } from "../scenario_file.js";
import { sceneOf } from "../scene.js";
import { INTERRUPTS, withSignals } from "../signals.js";
import { err, out, outJson } from "../terminal.js";
import { answerOfWhatIf } from "./answer.js";
import { branchesFrom, horizonFrom, requestFrom, type WhatIfCommandOptions } from "./options.js";
import { branchRows, COLUMNS, noteLines } from "./tables.js";

export interface WhatIfRunOptions extends WhatIfCommandOptions {
  readonly core?: CoreBuild;
}

const PARTS = 1000;

/** The call that gives the same answer. */
function commandOf(name: string, options: WhatIfRunOptions): string {
  const given = (
    ["device", "request", "policy", "align", "area", "retries", "seed", "horizon"] as const
  ).flatMap((key) => (options[key] === undefined ? [] : [`--${key} ${options[key]}`]));
  return ["pageblock whatif", name, ...given].join(" ");
}

/** The request that is asked about, and the first policy that saves it when it is switched there, side by side. */
async function sceneOfAnswer(
  { request, original, branches, policy, seed }: WhatIfAnswer,
  scenario: Scenario,
  text: string,
  { device, core }: WhatIfRunOptions,
): Promise<Scene | undefined> {
  const own = findPolicy(policy, scenario.policies);
  if ("problem" in own) return undefined;
  const { beginNs } = request;
  const endNs = beginNs + (original.request?.latencyNs ?? 0);
  const scene = await sceneOf({ scenario, text, policy: own, seed, device, core }, { timeNs: endNs });
  const saving = branches.find((branch) => policies.has(branch.name) && savedIn(branch) === "switched");
  if (scene === undefined || saving === undefined) return scene;
  return { ...scene, beside: saving.name, forkNs: beginNs };
}

function tell(answer: WhatIfAnswer): void {
  const { sentence, scenario, policy, seed, request } = answer;
  const which = `${scenario} under ${policy}, seed ${seed}: ${request.client}'s opening ${request.ordinal}`;
  out(
    `${sentence}\n\n${which}\n\n${renderTable(COLUMNS, branchRows(answer))}\n${noteLines(answer).join("\n")}\n`,
  );
}

/** Answers 0; 3 when there is no such request; 130 when it was interrupted. */
export async function runWhatIf(name: string, options: WhatIfRunOptions): Promise<ExitCode> {
  const { scenario, text } = await readScenarioFile(name, options.device);
  const branches = branchesFrom(scenario, options);
  const { seed, core, request = "first-failure", horizon, json, html } = options;
  if (html !== undefined) prepareFile(html);
  const asked = {
    request: requestFrom(scenario, request),
    ...(seed === undefined ? {} : { seed }),
    ...(core === undefined ? {} : { core }),
    ...(horizon === undefined ? {} : { horizonNs: horizonFrom(horizon) }),
  };
  const bar = progressBar("what if", PARTS, "");
  const onProgress = (done: number, total: number) => bar.update(Math.floor((done / total) * PARTS));
  let answer: WhatIfAnswer;
  try {
    answer = await withSignals(INTERRUPTS, (signal) =>
      whatIf(scenario, branches, { ...asked, onProgress, signal }),
    );
  } catch (error) {
    bar.stop();
    if (error instanceof PageblockError && error.code === "NOTHING_FOUND") {
      err(`pageblock: ${error.message}\n`);
      return ExitCode.NOTHING_FOUND;
    }
    if ((error as Error).name !== "AbortError") throw error;
    err("pageblock: interrupted: nothing is kept\n");
    return ExitCode.INTERRUPTED;
  }
  bar.stop();
  if (html !== undefined) {
    const scene = await sceneOfAnswer(answer, scenario, text, options);
    writeAside(html, (put) => put(renderAnswer(answerOfWhatIf(answer, commandOf(name, options), scene))));
  }
  if (json === true) outJson(answer);
  else {
    tell(answer);
    if (html !== undefined) out(`The area of each branch, side by side: ${html}\n`);
  }
  return ExitCode.OK;
}
