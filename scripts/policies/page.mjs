// The text of docs/policies.md, from a comparison (compare.json of `pageblock compare`) and the table of policies.

import { markdownTable } from "../docs/table.mjs";

const COSTS = {
  p50Ns: "median latency",
  moved: "pages moved",
  io: "reads and writes served",
  stalledNs: "waits of workloads",
  reclaimed: "pages reclaimed",
  refaults: "pages read back from storage",
  copied: "pages copied into areas and back",
  idlePages: "pages of areas in nobody's use",
  kills: "kills",
};
/** More of it is better. */
const GOOD = new Set(["io"]);
/** A cost that changes by less is not told. */
const LEAST_CHANGE = 0.05;
/** Fewer seeds have no interval (bindings/analysis/bootstrap). */
const FEWEST_SEEDS = 6;
/** Lines of one policy's costs. */
const MOST_COSTS = 4;

const percent = (share) => (share === undefined ? "-" : `${Number((share * 100).toFixed(1))} %`);
const points = (share) => `${share > 0 ? "+" : ""}${Number((share * 100).toFixed(1))}`;

function span({ kind, interval }) {
  if (kind === "same") return "all seeds equal";
  const text = `${points(interval.low)} to ${points(interval.high)}`;
  return kind === "interval" ? text : `${text}, range`;
}

function place({ scenario, client }) {
  return `${scenario}${client === "" ? "" : `, ${client}`}`;
}

/** Costs that the seeds tell to differ by enough, the largest first: "pages moved +120 %". */
function changesOf(cell) {
  const found = Object.entries(cell.difference?.costs ?? {}).flatMap(
    ([name, { mean, isSure, certainty }]) => {
      const base = cell.difference.bases[name] ?? 0;
      const share = base === 0 ? (mean === 0 ? 0 : Number.POSITIVE_INFINITY) : mean / base;
      const { kind, interval } = certainty;
      const isAlike = kind === "range" && (interval.low > 0 || interval.high < 0);
      if (!(isSure || isAlike) || Math.abs(share) < LEAST_CHANGE) return [];
      const isWorse = GOOD.has(name) ? mean < 0 : mean > 0;
      const size = Number.isFinite(share)
        ? `${share > 0 ? "+" : ""}${Number((share * 100).toPrecision(3))} %`
        : `from none to ${name.endsWith("Ns") ? `${Number((mean / 1e6).toPrecision(3))} ms` : Number(mean.toPrecision(3))}`;
      return [{ name, share, isWorse, text: `${COSTS[name]} ${size}` }];
    },
  );
  return found.sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
}

function blocksOf(cells) {
  const blocks = new Map();
  for (const cell of cells) {
    blocks.set(cell.block, [...(blocks.get(cell.block) ?? []), cell]);
  }
  return [...blocks.values()];
}

/** Fewer seeds have no interval; what all of them show alike is told in brackets. */
function told(onTime) {
  if (onTime === undefined) return undefined;
  const { kind, interval } = onTime.certainty;
  if (onTime.isSure && onTime.seeds >= FEWEST_SEEDS) return points(onTime.mean);
  const isAlike = onTime.isSure || (kind === "range" && (interval.low > 0 || interval.high < 0));
  return isAlike ? `(${points(onTime.mean)})` : undefined;
}

/** One line a scenario and client: what mainline serves, who is better, who worse. */
function matrix(blocks) {
  const rows = blocks.map((cells) => {
    const [first, ...others] = cells;
    const shown = others.filter(({ difference }) => told(difference?.onTime) !== undefined);
    const list = (sign) =>
      shown
        .filter(({ difference }) => difference.onTime.mean * sign > 0)
        .sort((a, b) => sign * (b.difference.onTime.mean - a.difference.onTime.mean))
        .map(({ policy, difference }) => `${policy} ${told(difference.onTime)}`)
        .join(", ") || "-";
    const asked = first.openings.asked === 0 ? "nobody asks" : percent(first.share);
    return [place(first), asked, list(1), list(-1), others.length - shown.length];
  });
  return markdownTable(
    ["scenario, client", "on time under mainline", "better, points", "worse, points", "not told apart"],
    rows,
  );
}

function policySection(policy, blocks) {
  const { name, doc, source, claim, where, cells } = { ...policy, ...figuresOf(policy.name, blocks) };
  const said = [
    `It does: ${doc}.`,
    `From: ${source}.`,
    ...(claim === undefined || claim === "" ? [] : [`The claim: ${claim}.`]),
  ].join(" ");
  if (name === blocks[0]?.[0]?.policy) return `### ${name}\n\n${said} Every other policy is held against it.`;
  if (cells.length === 0) return `### ${name}\n\n${said}\n\nIt was not run here.`;
  return `### ${name}\n\n${said}\n\n${where}`;
}

function figuresOf(name, blocks) {
  const cells = blocks.flatMap((block) => {
    const [first] = block;
    const cell = block.find(({ policy }) => policy === name);
    return cell === undefined || cell === first ? [] : [{ cell, first, changes: changesOf(cell) }];
  });
  const sure = ({ cell }) => told(cell.difference?.onTime) !== undefined;
  const better = cells.filter((one) => sure(one) && one.cell.difference.onTime.mean > 0);
  const worse = cells.filter((one) => sure(one) && one.cell.difference.onTime.mean < 0);
  const dearer = cells.filter(({ changes }) => changes.some(({ isWorse }) => isWorse));
  const names = (some) => some.map(({ first }) => place(first)).join("; ");
  const shown = cells.filter((one) => sure(one) || one.changes.length > 0);
  const rows = shown.map(({ cell, first, changes }) => {
    const onTime = cell.difference?.onTime;
    const change = onTime === undefined ? "-" : (told(onTime) ?? "not told apart");
    const costs = changes.slice(0, MOST_COSTS).map(({ text }) => text);
    return [
      place(first),
      percent(first.share),
      percent(cell.share),
      change,
      onTime === undefined ? "-" : span(onTime.certainty),
      costs.join(", ") || "-",
    ];
  });
  const verdict = [
    better.length === 0
      ? "Nowhere does it serve more openings on time."
      : `It serves more on time in ${names(better)}.`,
    worse.length === 0 ? "Nowhere fewer." : `**It serves fewer in ${names(worse)}.**`,
    dearer.length === 0
      ? "No cost rises by 5 % or more."
      : `Some cost rises by 5 % or more in ${dearer.length} of ${cells.length} cells.`,
  ].join(" ");
  const headers = ["scenario, client", "mainline", "this", "points", "95 % interval", "costs that change"];
  const alike = cells.length - shown.length;
  const where = [
    verdict,
    ...(shown.length === 0 ? [] : [markdownTable(headers, rows)]),
    ...(alike === 0
      ? []
      : [`In ${alike} of ${cells.length} cells the seeds tell no difference in success or cost.`]),
  ].join("\n\n");
  return { cells, where };
}

/** @param comparison compare.json; @param policies rows of the table; @param options seeds and scenarios as on the command line */
export function renderPolicies(comparison, policies, { seeds, scenarios: wanted }) {
  const { cells, notes, version, sentence } = comparison;
  const blocks = blocksOf(cells);
  const scenarios = new Set(cells.map(({ scenario }) => scenario)).size;
  const failed = cells.reduce((sum, { errors }) => sum + errors, 0);
  return `# What every policy does in every scenario

Made by \`npm run policies -- --seeds ${seeds}${wanted === "all" ? "" : ` --scenarios ${wanted}`}\` with version ${version}: ${scenarios} scenarios of the package, ${policies.length} policies, ${seeds} seeds each, on the
same arrivals. The command prints its cost first and goes on where it was stopped; \`pageblock compare ${wanted.replaceAll(",", " ")} --seeds ${seeds}\` has the same
figures as tables and as a page.

${Number(seeds) >= FEWEST_SEEDS ? `${sentence}\n\n` : ""}**How to read it.** "On time" is the share of a client's openings that had their memory within its deadline, mean over seeds; points are
differences to mainline on the same seeds, told only where the 95 % interval over seeds leaves out 0 (or where every seed gives the same
difference). Fewer than six seeds have no interval: what all of them show alike then stands in brackets and is a hint, no more. Costs are those of a whole run, told where they change by 5 % or more and the seeds tell it. A policy under which a workload
gets less done serves its clients more easily: see "reads and writes served". And a scenario is a claim about the world: what its result
hangs on is in its region of validity, and \`pageblock run S --vary\` says where it turns. What policies did to a real kernel is in
[validation.md](validation.md); the scenarios lab-* are those loads.
${notes.length === 0 ? "" : `\nNot run: ${notes.join("; ")}.\n`}${failed === 0 ? "" : `\n${failed} runs failed; nothing of them is in the figures.\n`}
## The matrix

${matrix(blocks)}

## Policy by policy

${policies.map((policy) => policySection(policy, blocks)).join("\n\n")}
`;
}
