// Knows: `pageblock explain`: files in, an explanation out, and its exit codes.
// Must not know: formats, how a verdict is reached.

import { prepareFile, writeAside } from "../durable/index.js";
import { areaMaps, explain, guestsOf, pageShift, pinLengths, versionNumber } from "../explain/index.js";
import { answerOfExplanation } from "../report/answer/index.js";
import { renderExplanation, renderIssues } from "../report/explain.js";
import { renderAnswer } from "../report/node.js";
import { ExitCode, UsageError } from "./exit.js";
import { err, out, outJson } from "./terminal.js";
import { collectUsable } from "./usable_files.js";

export interface ExplainOptions {
  readonly kernel?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly color?: boolean;
}

/**
 * Answers 0 when failures were explained, 3 when none was found.
 * @throws UsageError when no file could be read as text or as a table of frames
 */
export async function runExplain(paths: readonly string[], options: ExplainOptions): Promise<ExitCode> {
  if (options.kernel !== undefined && versionNumber(options.kernel) === undefined) {
    throw new UsageError(`--kernel ${options.kernel}: expected a version such as 6.12`);
  }
  if (paths.filter((path) => path === "-").length > 1) throw new UsageError("- can be given once");
  if (options.html !== undefined) prepareFile(options.html);
  const facts = await collectUsable(paths);
  const explanation = explain(facts, { kernel: options.kernel });
  const shift = pageShift(facts);
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts), pins: pinLengths(facts) };
  if (options.html !== undefined) {
    const { kernel } = options;
    const command = [
      "pageblock explain",
      ...(kernel === undefined ? [] : ["--kernel", kernel]),
      ...paths,
    ].join(" ");
    writeAside(options.html, (put) =>
      put(renderAnswer(answerOfExplanation(explanation, picture, shift, command))),
    );
  }
  if (options.json === true) {
    outJson({ ...explanation, ...(picture.pins === undefined ? {} : { pins: picture.pins }) });
  } else {
    const isTerminal = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
    const color = options.color !== false && isTerminal;
    out(renderExplanation(explanation, picture, { color, pageShift: shift }), color);
    err(renderIssues(explanation));
  }
  return explanation.failures.length > 0 ? ExitCode.OK : ExitCode.NOTHING_FOUND;
}
