// Knows: how an explanation reads in a terminal: equal failures once, the verdict first, then the proof and what to do.
// Must not know: how a verdict is reached, files. All text that came from a log is made one printable line here.

import { append } from "../engine/extent.js";
import type {
  AreaMap,
  Explained,
  Explanation,
  Finding,
  Guests,
  Holders,
  PinLengths,
} from "../explain/index.js";
import { renderAreaMap } from "./explain_map.js";
import { renderPinLengths } from "./explain_pins.js";
import { formatBytes, formatCount } from "./sizes.js";
import { renderTable, singleLine } from "./table.js";

export interface ExplainTextOptions {
  readonly color: boolean;
  readonly pageShift: number;
}

/** What is drawn beside the explanation. */
export interface ExplainPicture {
  readonly maps: readonly AreaMap[];
  readonly guests: readonly Guests[];
  readonly pins?: PinLengths | undefined;
}

const BOLD = "\u001b[1m";
const PLAIN = "\u001b[0m";

function group(failures: readonly Explained[]): { failure: Explained; times: number }[] {
  const groups = new Map<string, { failure: Explained; times: number }>();
  for (const failure of failures) {
    const key = JSON.stringify(failure);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { failure, times: 1 });
    else known.times += 1;
  }
  return [...groups.values()];
}

/** What was asked for, in one line. */
export function describeRequest(failure: Explained, pageShift: number): string {
  const { area, pages, errno, kernel, align, alignInferred } = failure;
  const size =
    pages === null
      ? "an unknown number of pages"
      : `${formatCount(pages)} pages (${formatBytes(pages * 2 ** pageShift)})`;
  const aligned = align === null ? "" : `, align ${align}${alignInferred ? " (inferred)" : ""}`;
  const where = area === null ? "" : ` from area ${singleLine(area)}`;
  const error = errno === null ? "" : `, error ${errno}`;
  return `${size}${where}${aligned}${error}${kernel === null ? "" : `, kernel ${singleLine(kernel)}`}`;
}

function listed(title: string, lines: readonly string[], numbered = false): string[] {
  return lines.map((line, i) => {
    const head = i === 0 ? title.padEnd(11) : " ".repeat(11);
    return `  ${head} ${numbered ? `${i + 1}. ` : ""}${singleLine(line)}`;
  });
}

/** `align 0-5: 16, align 6-8: none` */
export function describeFits(fits: Readonly<Record<string, number>>): string {
  const parts: { from: number; to: number; windows: number }[] = [];
  for (const [align, windows] of Object.entries(fits)) {
    const last = parts.at(-1);
    if (last !== undefined && last.windows === windows) last.to = Number(align);
    else parts.push({ from: Number(align), to: Number(align), windows });
  }
  return parts
    .map(
      ({ from, to, windows }) =>
        `align ${from === to ? from : `${from}-${to}`}: ${windows === 0 ? "none" : formatCount(windows)}`,
    )
    .join(", ");
}

/** `, likely   also possible: ...`; undecided says itself. */
function certaintyText({
  verdict,
  certainty,
  alsoPossible,
}: Pick<Explained, "verdict" | "certainty" | "alsoPossible">): string {
  const word = verdict === "UNDECIDED" ? "" : `, ${certainty}`;
  if (alsoPossible.length === 0) return word;
  return `${word}   ${verdict === "UNDECIDED" ? "possible" : "also possible"}: ${alsoPossible.join(", ")}`;
}

/** Who holds contiguous memory, largest first, beside what is in use. */
export function renderHolders(holders: Holders, pageShift: number): string[] {
  const { rows, inUse, inUseFrom } = holders;
  const table = renderTable(
    [
      { header: "list" },
      { header: "holder" },
      { header: "count" },
      { header: "pages" },
      { header: "size" },
      { header: "share" },
    ],
    rows.map(({ source, who, count, pages, share }) => [
      source,
      singleLine(who),
      count ?? "",
      pages,
      formatBytes(pages * 2 ** pageShift),
      share === null ? "" : share > 100 ? "more than all" : `${share} %`,
    ]),
  );
  const of = inUse === null ? [] : [`  share of ${formatCount(inUse)} pages ${inUseFrom}`];
  return [
    "Who holds it:",
    "",
    ...table
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
    ...of,
  ];
}

function failureText(
  { failure, times }: { failure: Explained; times: number },
  number: number,
  options: ExplainTextOptions & { readonly alone: boolean },
): string[] {
  const [on, off] = options.color ? [BOLD, PLAIN] : ["", ""];
  const free =
    failure.runs === null
      ? []
      : [`${formatCount(failure.runs)} free runs, the longest ${formatCount(failure.largestRun ?? 0)} pages`];
  const fits = failure.fits === null ? [] : [`runs that hold it: ${describeFits(failure.fits)}`];
  return [
    `${number}. ${describeRequest(failure, options.pageShift)}${times > 1 ? `   (${times} times)` : ""}`,
    ...(options.alone ? [] : [`  ${singleLine(failure.sentence)}`]),
    `  ${"verdict".padEnd(11)} ${on}${failure.verdict}${off}${certaintyText(failure)}`,
    ...listed("free", [...free, ...fits]),
    ...listed("evidence", failure.evidence),
    ...listed("remedies", failure.remedies, true),
    ...listed("next", [failure.nextCommand]),
    "",
  ];
}

function findingText(finding: Finding, options: ExplainTextOptions): string[] {
  const [on, off] = options.color ? [BOLD, PLAIN] : ["", ""];
  return [
    `* ${on}${finding.verdict}${off}${certaintyText(finding)}`,
    `  ${singleLine(finding.message)}`,
    ...listed("evidence", finding.evidence),
    ...listed("remedies", finding.remedies, true),
    ...listed("next", [finding.nextCommand]),
    "",
  ];
}

function guestLine({ area, pages, anonymous, file, slab, other }: Guests): string {
  const all = anonymous + file + slab + other;
  return `area ${singleLine(area)} (kpageflags): ${formatCount(all)} of ${formatCount(pages)} pages in use: anonymous ${formatCount(anonymous)}, file ${formatCount(file)}, slab ${formatCount(slab)}, other ${formatCount(other)}`;
}

/** Issues as `file:line: severity: message`. */
export function renderIssues(explanation: Explanation): string {
  return explanation.issues
    .map(
      ({ file, line, severity, code, message }) =>
        `${singleLine(`${file}:${line}: ${severity}: ${message} [${code}]`)}\n`,
    )
    .join("");
}

const MOST_SHOWN = 40;

/** The whole explanation as text; ends with a line break. */
export function renderExplanation(
  explanation: Explanation,
  picture: ExplainPicture,
  options: ExplainTextOptions,
): string {
  const { failures, findings } = explanation;
  const groups = group(failures);
  const lines: string[] = [singleLine(explanation.sentence), ""];
  if (failures.length === 0) lines.push("No failed request was found.", "");
  else
    lines.push(`${failures.length === 1 ? "1 failed request" : `${failures.length} failed requests`}:`, "");
  for (const [i, entry] of groups.slice(0, MOST_SHOWN).entries())
    append(lines, failureText(entry, i + 1, { ...options, alone: groups.length === 1 }));
  if (groups.length > MOST_SHOWN)
    lines.push(`... and ${groups.length - MOST_SHOWN} more kinds (--json shows all)`, "");
  if (explanation.holders !== null)
    append(lines, [...renderHolders(explanation.holders, options.pageShift), ""]);
  for (const map of picture.maps) append(lines, [...renderAreaMap(map, options.color), ""]);
  for (const guests of picture.guests) lines.push(guestLine(guests), "");
  if (picture.pins !== undefined) append(lines, [...renderPinLengths(picture.pins), ""]);
  if (findings.length > 0) lines.push("Findings:", "");
  for (const finding of findings.slice(0, MOST_SHOWN)) append(lines, findingText(finding, options));
  if (findings.length > MOST_SHOWN)
    lines.push(`... and ${findings.length - MOST_SHOWN} more (--json shows all)`, "");
  return `${lines.join("\n").trimEnd()}\n`;
}
