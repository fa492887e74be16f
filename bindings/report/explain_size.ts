// Knows: how the answer of `pageblock size` reads in a terminal.
// Must not know: how it is worked out.

import type { SizeAnswer, Span } from "../size/index.js";
import { formatBytes, formatCount, formatShare } from "./sizes.js";
import { renderTable, singleLine } from "./table.js";

function orderText(span: Span, answer: SizeAnswer): string {
  const parts: { label: string; times: number }[] = [];
  for (const index of span.order) {
    const label = singleLine(answer.buffers[index]?.label ?? "?");
    const last = parts.at(-1);
    if (last?.label === label) last.times += 1;
    else parts.push({ label, times: 1 });
  }
  const shown = parts.slice(0, 8).map(({ label, times }) => (times === 1 ? label : `${times}x${label}`));
  return `${shown.join(", ")}${parts.length > 8 ? ", ..." : ""}`;
}

export function renderSize(answer: SizeAnswer): string {
  const { pageSize, buffers, pages, best, worst, exact, guaranteed, recommended } = answer;
  const table = renderTable(
    [{ header: "buffer" }, { header: "count" }, { header: "pages" }, { header: "align" }, { header: "size" }],
    buffers.map(({ label, count, pages, align, alignInferred }) => [
      label,
      count,
      pages,
      `${align}${alignInferred ? " (inferred)" : ""}`,
      formatBytes(pages * pageSize),
    ]),
  );
  const line = (name: string, count: number, note: string) =>
    `${name.padEnd(22)}${formatCount(count).padStart(10)} pages  ${formatBytes(count * pageSize).padEnd(10)}  ${note}`.trimEnd();
  const order = (span: Span) =>
    `gaps ${formatCount(span.gaps)} pages (${formatShare(span.gaps, span.pages)}): ${orderText(span, answer)}`;
  return `${[
    table,
    line("all buffers", pages, "without gaps"),
    line(exact ? "best order" : "best order tried", best.pages, order(best)),
    line(exact ? "worst order" : "worst order tried", worst.pages, order(worst)),
    line("guaranteed fit", guaranteed, "count + 2^align - 1 pages for each buffer"),
    line(answer.isIncrease ? "more than there is" : "recommended area", recommended.pages, ""),
    `  ${singleLine(recommended.reason)}`,
    ...answer.notes.map((note) => `  note: ${singleLine(note)}`),
    "",
    ...(answer.isIncrease || answer.isBound
      ? [
          `${answer.isBound ? "what the area must have" : "make the area larger"}: ${answer.cmdline} (its size now is not in the log, so no line to copy is given)`,
        ]
      : [`kernel command line: ${answer.cmdline}`, "", "device tree:", answer.deviceTree]),
  ].join("\n")}\n`;
}
