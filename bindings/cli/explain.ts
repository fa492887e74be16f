// Knows: `pageblock explain`: files in, an explanation out, and its exit codes.
// Must not know: formats, how a verdict is reached.

import { renameSync, writeFileSync } from "node:fs";
import { areaMaps, explain, guestsOf, pageShift, pinLengths, versionNumber } from "../explain/index.js";
import { isUsable } from "../importers/collect.js";
import { collectFiles } from "../importers/node.js";
import { renderExplanation, renderIssues } from "../report/explain.js";
import { renderExplanationHtml } from "../report/explain_html.js";
import { ExitCode, printable, UsageError } from "./exit.js";

export interface ExplainOptions {
  readonly kernel?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly color?: boolean;
}

/** JSON may hold C1 controls and line separators as they are; a terminal must not see them. */
function plainJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
}

/** Answers 0 when failures were explained, 3 when none was found, 2 when no file could be read as text or as a table of frames. */
export async function runExplain(paths: readonly string[], options: ExplainOptions): Promise<ExitCode> {
  if (options.kernel !== undefined && versionNumber(options.kernel) === undefined) {
    throw new UsageError(`--kernel ${options.kernel}: expected a version such as 6.12`);
  }
  if (paths.filter((path) => path === "-").length > 1) throw new UsageError("- can be given once");
  const facts = await collectFiles(paths);
  const explanation = explain(facts, { kernel: options.kernel });
  const shift = pageShift(facts);
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts), pins: pinLengths(facts) };
  if (options.html !== undefined) {
    writeFileSync(`${options.html}.part`, renderExplanationHtml(explanation, picture, shift));
    renameSync(`${options.html}.part`, options.html);
  }
  if (options.json === true) {
    process.stdout.write(
      `${plainJson({ ...explanation, ...(picture.pins === undefined ? {} : { pins: picture.pins }) })}\n`,
    );
  } else {
    const isTerminal = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
    process.stdout.write(
      renderExplanation(explanation, picture, {
        color: options.color !== false && isTerminal,
        pageShift: shift,
      }),
    );
    process.stderr.write(printable(renderIssues(explanation)));
  }
  if (!isUsable(facts)) return ExitCode.UNUSABLE;
  return explanation.failures.length > 0 ? ExitCode.OK : ExitCode.NOTHING_FOUND;
}
