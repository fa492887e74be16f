// Knows: how a sensitivity is told: whether it decides anything, a tornado as a table, lines of CSV.
// Must not know: how any figure is worked out (analysis/outcomes), files.

import {
  NO_VERDICT,
  type Sensitivity,
  type SensitivityResult,
  type Turn,
  undecidedBy,
  type Verdict,
} from "../analysis/outcomes/sensitivity.js";
import { largest, smallest } from "../engine/extent.js";
import { percent, points } from "./certainty.js";
import { csvLine } from "./csv.js";
import { formatInput } from "./inputs.js";
import { formatCount } from "./sizes.js";
import { renderTable } from "./table.js";

const WIDTH = 33;

function result(value: number, { other }: SensitivityResult): string {
  return other === null ? percent(value) : points(value);
}

/** "more", "fewer", "as many": what the second policy, or the only one, does. */
function verdictText(verdict: Verdict, { other }: SensitivityResult): string {
  if (other === null) return verdict > 0 ? "served" : "not served";
  return verdict === 0 ? "equal" : verdict > 0 ? `${other} better` : `${other} worse`;
}

function turnText(turn: Turn, { dimension }: Sensitivity, all: SensitivityResult, pageBytes: number): string {
  const [low, high] = [turn.low, turn.high].map((value) => formatInput(dimension, value, pageBytes));
  return `${verdictText(turn.below, all)} to ${verdictText(turn.above, all)} between ${low} and ${high}`;
}

/** The first turn, and how many more there are. */
function turnsText(row: Sensitivity, all: SensitivityResult, pageBytes: number): string {
  const [first, ...others] = row.turns;
  if (first === undefined) return "-";
  const times = others.length === 1 ? "once" : `${others.length} times`;
  const more = others.length === 0 ? "" : `, and turns ${times} more`;
  return `${turnText(first, row, all, pageBytes)}${more}`;
}

/** The first sentence: what the scenario's numbers say, and whether that holds within the ranges. */
export function sensitivitySentence(all: SensitivityResult, pageBytes: number): string {
  const { client, policy, other, seeds } = all;
  const own =
    other === null
      ? `${client} is served on time ${percent(all.result)} of its openings under ${policy}`
      : all.verdict === 0
        ? `${client} is served on time as often under ${other} as under ${policy} (within ${NO_VERDICT * 100} points)`
        : `${client} is served on time ${points(all.result)} points of its openings under ${other} against ${policy}`;
  const told = `with the scenario's own numbers ${own} (mean of ${formatCount(seeds)} ${seeds === 1 ? "seed" : "seeds"})`;
  const unsourced = undecidedBy(all);
  const sourced = all.inputs.filter(({ source, turns }) => source !== null && turns.length > 0);
  const where = (rows: readonly Sensitivity[]) =>
    rows.map((row) => `${row.name} (${turnsText(row, all, pageBytes)})`).join("; ");
  if (unsourced.length > 0) {
    const alike = sourced.length === 0 ? "" : `, and of ${where(sourced)}`;
    return `UNDECIDED: ${told}, but the verdict turns within the plausible range of ${where(unsourced)}, which no source gives${alike}.`;
  }
  if (sourced.length > 0)
    return `It depends: ${told}; the verdict turns within the range of ${where(sourced)}.`;
  const ranges =
    all.inputs.length === 1 ? "the range of the input" : `the ranges of all ${all.inputs.length} inputs`;
  return `It holds: ${told}, and the verdict is the same over ${ranges} that was tried, one at a time.`;
}

/** From -100 to 100 points, or 0 to 100 %: the range of results, and what the scenario itself comes to. */
function bar({ points: tried }: Sensitivity, { result: own, other }: SensitivityResult): string {
  const at = (value: number) => Math.round((other === null ? value : (value + 1) / 2) * (WIDTH - 1));
  const results = tried.map((point) => point.result);
  const [low, high] = [at(smallest([own, ...results])), at(largest([own, ...results]))];
  const cells = Array.from({ length: WIDTH }, (_, i): string => (i >= low && i <= high ? "█" : "·"));
  cells[at(own)] = "│";
  return cells.join("");
}

/** The sentence, then a row for each input, the most moving first. */
export function renderTornado(all: SensitivityResult, pageBytes: number): string {
  const scale = all.other === null ? "0 to 100 %" : "-100 to +100 points";
  const headers = ["input", "from", "scenario", "to", "at low", "at high", "moves", scale, "turns", "range"];
  const columns = headers.map(
    (header, i) => ({ header, align: i >= 1 && i <= 6 ? "right" : "left" }) as const,
  );
  const rows = all.inputs.map((row) => {
    const { name, dimension, low, base, high, points: tried, span, source } = row;
    const ends = [tried[0], tried.at(-1)].map((end) => (end === undefined ? "-" : result(end.result, all)));
    return [
      name,
      ...[low, base, high].map((value) => formatInput(dimension, value, pageBytes)),
      ...ends,
      points(span).replace("+", ""),
      bar(row, all),
      turnsText(row, all, pageBytes),
      source === null ? "no source" : "sourced",
    ];
  });
  const how = `One input at a time, same arrivals; both ends first, then bisection to ${formatCount(Number((100 * all.precision).toFixed(1)))} % of the range; what turns twice in between may be missed. Verdict: ${all.other === null ? "at least half of the openings on time" : `a difference of at least ${NO_VERDICT * 100} points`}.`;
  return `${sensitivitySentence(all, pageBytes)}\n\n${renderTable(columns, rows)}${how}\n`;
}

/** A line for each value that was tried, with a head. */
export function sensitivityCsv(all: SensitivityResult, put: (text: string) => void): void {
  put(csvLine(["input", "source", "value", "result", "seeds", "client", "policy", "other"]));
  const { client, policy, other } = all;
  put(csvLine(["", "", undefined, all.result, all.seeds, client, policy, other]));
  for (const { name, source, points: tried } of all.inputs)
    for (const { value, result: found, seeds } of tried)
      put(csvLine([name, source, value, found, seeds, client, policy, other]));
}
