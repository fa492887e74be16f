// Knows: how the check of a device tree's reservations reads in a terminal.
// Must not know: how it is made.

import type { TreeCheck } from "../explain/reservation/index.js";
import { formatBytes } from "./sizes.js";
import { singleLine } from "./table.js";

/** A first sentence, then each problem with its place and the line to write. `needed`: bytes that buffers need, where asked. */
export function renderTreeChecks(checks: readonly TreeCheck[], needed: number | undefined): string {
  const errors = checks.flatMap(({ problems }) => problems.filter(({ severity }) => severity === "error"));
  const lines = [firstSentence(checks, errors.length, needed)];
  for (const { node, pageSize, bytes, problems } of checks) {
    const size = bytes === null ? "of unknown size" : formatBytes(bytes);
    const { file, line } = node.place;
    const verdict =
      problems.length === 0
        ? "works"
        : problems.some(({ severity }) => severity === "error")
          ? "cannot work"
          : "is doubtful";
    lines.push(
      `${singleLine(file)}:${line}: ${singleLine(node.name)}, ${size}, ${pageSize / 1024} KiB pages: ${verdict}`,
    );
    for (const { severity, message, write } of problems) {
      lines.push(`  ${severity}: ${singleLine(message)}`);
      if (write !== "") lines.push(`  write: ${singleLine(write)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function firstSentence(checks: readonly TreeCheck[], errors: number, needed: number | undefined): string {
  if (checks.length === 0) return "No CMA area is reserved in this device tree.";
  if (errors > 0)
    return `The kernel will not make this reservation: ${errors === 1 ? "one mistake" : `${errors} mistakes`}.`;
  const total = checks.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  if (needed !== undefined && total < needed)
    return `The reservation is made, but is too small: ${formatBytes(total)}, and the buffers need ${formatBytes(needed)}.`;
  return needed === undefined
    ? "The reservation can be made."
    : "The reservation can be made and holds the buffers.";
}
