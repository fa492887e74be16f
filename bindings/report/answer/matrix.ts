// Knows: what a page tells of a comparison: for each block of policies a table and small multiples of success against cost.
// Must not know: how any figure is worked out (analysis/outcomes), how a page is drawn.

import { COST_COLUMNS, type MatrixCell, paretoFront } from "../../analysis/outcomes/index.js";
import { largest, smallest } from "../../engine/extent.js";
import { percent } from "../certainty.js";
import { blockRows, blocksOf, formatCost, MATRIX_LEGEND, matrixColumns, matrixSentence } from "../matrix.js";
import {
  ANSWER_VERSION,
  type AnswerDocument,
  type AnswerScatter,
  type Block,
  type Scene,
} from "./document.js";

const PLOTS =
  "Plots: per cent of openings on time, upwards, against a cost, to the right, a numbered dot for each row of the table. A filled dot is unbeaten: no other is at least as often on time and as cheap, and better in one of both.";

/** One cost: a numbered dot for each policy, filled where nothing beats it. */
function scatter(cells: readonly MatrixCell[], cost: (typeof COST_COLUMNS)[number]): AnswerScatter[] {
  const known = cells.flatMap((cell, i) => {
    const value = cell.costs[cost.name];
    return value === undefined || cell.share === undefined ? [] : [{ cell, value, share: cell.share, i }];
  });
  if (known.length === 0) return [];
  const front = new Set(paretoFront(cells, cost.name));
  const values = known.map(({ value }) => value);
  const [low, high] = [smallest(values), largest(values)];
  const text = (value: number) => formatCost(cost.name, value);
  return [
    {
      title: `${cost.doc}${cost.moreIsBetter ? " (more is better)" : ""}`,
      ends: [text(low), high === low ? "" : text(high)],
      points: known.map(({ cell, value, share, i }) => ({
        number: i + 1,
        cost: high === low ? 0.5 : (value - low) / (high - low),
        share,
        isUnbeaten: front.has(cell),
        told: `${cell.label}: ${percent(share)} on time, ${text(value)}`,
      })),
    },
  ];
}

function blockOf(cells: readonly MatrixCell[]): Block[] {
  const [first] = cells;
  if (first === undefined) return [];
  const { scenario, device, under, client } = first;
  const who = client === "" ? "no client asks" : client;
  const rows = blockRows(cells).map(([label, ...rest], i) => [`${i + 1} ${label}`, ...rest]);
  const plots = COST_COLUMNS.flatMap((cost) => scatter(cells, cost));
  return [
    { kind: "heading", text: `${scenario} on ${device} (${under}), ${who}` },
    { kind: "table", columns: matrixColumns(cells), rows },
    ...(plots.length === 0 ? [] : [{ kind: "scatters", plots } as const]),
  ];
}

/** The same cells give the same document. @param notes sentences below the lead: what was left out */
export function answerOfMatrix(
  cells: readonly MatrixCell[],
  command: string,
  notes: readonly string[],
  scene?: Scene,
): AnswerDocument {
  const text = (line: string): Block => ({ kind: "text", text: line });
  return {
    version: ANSWER_VERSION,
    brand: "pageblock compare",
    title: "Policies compared",
    sentence: matrixSentence(cells).trim(),
    command,
    blocks: [
      ...notes.map(text),
      ...blocksOf(cells).flatMap(blockOf),
      text(MATRIX_LEGEND.trim()),
      text(PLOTS),
    ],
    ...(scene === undefined ? {} : { scene }),
  };
}
