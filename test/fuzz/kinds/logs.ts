// Knows: fuzzing of everything that reads logs and files of a moment as text: collect, explain, what is shown of it.
// Must not know: how inputs are damaged.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { areaMaps, explain, guestsOf } from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import { answerOfExplanation, fillAnswer } from "../../../bindings/report/answer/index.js";
import { renderExplanation, renderIssues } from "../../../bindings/report/explain.js";
import type { Target } from "../bytes_kind.js";

const GOLDEN = fileURLToPath(new URL("../../golden/explain/", import.meta.url));
/** Longer files say the same again. */
const HEAD = 6_000;
const SLOT = '<script type="application/json" id="document">';

/** The heads of the files whose answers the golden tests know. */
export function goldenFiles(): Uint8Array[] {
  return readdirSync(GOLDEN, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".golden"))
    .map(({ parentPath, name }) => new Uint8Array(readFileSync(`${parentPath}/${name}`)).slice(0, HEAD));
}

/** Everything that can be asked of files. @throws when what is shown is not clean, or anything throws */
export function askEverything(files: Readonly<Record<string, Uint8Array>>): string[] {
  const facts = collect(files);
  const explanation = explain(facts);
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts) };
  const text =
    renderExplanation(explanation, picture, { color: false, pageShift: 12 }) + renderIssues(explanation);
  const page = fillAnswer(`${SLOT}</script>`, answerOfExplanation(explanation, picture, 12, ""));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.exec(text);
  if (control !== null) throw new Error(`a control character in the answer: ${control[0].charCodeAt(0)}`);
  if (/[<>]/.test(page.slice(SLOT.length, page.lastIndexOf("</script>"))))
    throw new Error("markup of the input in the report");
  const isEmpty = text.includes("undefined") || text.includes("NaN") || text.includes("[object ");
  const empty = isEmpty ? /.{0,40}(?:\bundefined\b|\bNaN\b|\[object ).{0,40}/.exec(text)?.[0] : undefined;
  if (empty !== undefined) throw new Error(`the answer says: ${empty}`);
  return [
    ...facts.issues.map(({ code }) => `issue ${code}`),
    ...explanation.failures.map(({ verdict }) => `verdict ${verdict}`),
    ...explanation.findings.map(({ code }) => `finding ${code}`),
    ...[...facts.formats.values()].flatMap((formats) => [...formats].map((format) => `format ${format}`)),
  ];
}

export const logs: Target = {
  name: "logs",
  isText: true,
  samples: async () => goldenFiles(),
  judge: async (bytes) => askEverything({ input: bytes }),
};
