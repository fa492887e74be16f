// Knows: what a page tells of `pageblock bench search`: the goals, the rows that we lose, the chart, all tables.
// Must not know: how the figures came about, how a page is drawn.

import { goalsOf, type LabResult } from "../../bitmap/lab/index.js";
import { ANSWER_VERSION, type AnswerDocument, type Block } from "../../report/answer/index.js";
import { formatCount } from "../../report/index.js";
import {
  goalsTable,
  growthTable,
  headLines,
  type LabTable,
  lossTable,
  patternTables,
  type SearchReport,
  throughputTable,
  updateTable,
} from "./tables.js";

function section({ title, columns, rows }: LabTable): Block[] {
  return [
    ...(title === "" ? [] : [{ kind: "heading", text: title } as const]),
    rows.length === 0 ? { kind: "text", text: "none" } : { kind: "table", columns, rows },
  ];
}

function times({ rows, bits }: LabResult): Block {
  return {
    kind: "times",
    title: `Time per search, ${formatCount(bits)} bits`,
    names: rows[0]?.timings.map(({ name }) => name) ?? [],
    marked: { C: "square", COMPOSITE: "diamond" },
    rows: rows.map(({ pattern, count, align, timings }) => ({
      label: `${pattern}  ${count}@${align}`,
      ns: timings.map(({ nanoseconds }) => nanoseconds),
    })),
  };
}

function sentenceOf({ result }: SearchReport): string {
  const measured = goalsOf(result, result.twin).filter((goal) => goal.measured !== undefined);
  const met = measured.filter((goal) => goal.met).length;
  return `The composite search meets ${formatCount(met)} of the ${formatCount(measured.length)} goals that were measured, by the worst row of each.`;
}

/** The same report gives the same document. */
export function answerOfSearch(report: SearchReport): AnswerDocument {
  const { result, growth } = report;
  return {
    version: ANSWER_VERSION,
    brand: "pageblock bench search",
    title: "Searching a bitmap for an aligned run",
    sentence: sentenceOf(report),
    command: "",
    blocks: [
      ...[...headLines(report), `digest of the answers: ${result.digest}`].map(
        (text) => ({ kind: "text", text }) as const,
      ),
      ...section(goalsTable(result)),
      ...section(lossTable(result)),
      times(result),
      ...patternTables(result).flatMap(section),
      ...section(updateTable(result)),
      ...section(throughputTable(result)),
      ...(growth.length > 0 ? section(growthTable(growth)) : []),
    ],
  };
}
