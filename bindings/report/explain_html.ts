// Knows: how an explanation looks as one HTML file without scripts or anything from elsewhere.
// Must not know: how a verdict is reached. Every text that came from a log is escaped here.

import type { Explained, Explanation, Finding } from "../analysis/explain/index.js";
import { describeFits, describeRequest, type ExplainPicture } from "./explain.js";
import { renderAreaMapSvg } from "./explain_map.js";
import { escapeXml } from "./svg.js";
import { singleLine } from "./table.js";

const STYLE =
  "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1c2330}h2{font-size:1.1em}" +
  "b.v{background:#e8f1ee;padding:.1em .5em;border-radius:4px}code{background:#f2f4f7;padding:.1em .3em}li{margin:.2em 0}svg{max-width:100%;height:auto}";
const MOST_SHOWN = 200;

function safe(text: string): string {
  return escapeXml(singleLine(text));
}

function list(tag: "ul" | "ol", lines: readonly string[]): string {
  return lines.length === 0
    ? ""
    : `<${tag}>${lines.map((line) => `<li>${safe(line)}</li>`).join("")}</${tag}>`;
}

function failureHtml(failure: Explained, number: number, pageShift: number): string {
  const also =
    failure.alsoPossible.length === 0 ? "" : ` also possible: ${safe(failure.alsoPossible.join(", "))}`;
  const fits = failure.fits === null ? "" : `<p>Runs that hold it: ${safe(describeFits(failure.fits))}</p>`;
  return (
    `<section><h2>${number}. ${safe(describeRequest(failure, pageShift))}</h2><p><b class="v">${safe(failure.verdict)}</b>${also}</p>${fits}` +
    `${list("ul", failure.evidence)}<p>What helps:</p>${list("ol", failure.remedies)}<p>Next: <code>${safe(failure.nextCommand)}</code></p></section>\n`
  );
}

function findingHtml({ verdict, message, evidence, nextCommand }: Finding): string {
  return `<section><p><b class="v">${safe(verdict)}</b> ${safe(message)}</p>${list("ul", evidence)}<p>Next: <code>${safe(nextCommand)}</code></p></section>\n`;
}

/** A whole document. */
export function renderExplanationHtml(
  explanation: Explanation,
  picture: ExplainPicture,
  pageShift: number,
): string {
  const seen = new Set<string>();
  const failures = explanation.failures.filter((failure) => {
    const key = JSON.stringify(failure);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  const issues = explanation.issues.map(
    ({ file, line, severity, message }) => `${file}:${line}: ${severity}: ${message}`,
  );
  return [
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>pageblock explain</title><style>${STYLE}</style></head><body>\n`,
    `<h1>Why contiguous allocations failed</h1><p>${explanation.failures.length} failed requests, ${explanation.findings.length} findings.</p>\n`,
    ...failures.slice(0, MOST_SHOWN).map((failure, i) => failureHtml(failure, i + 1, pageShift)),
    ...picture.maps.map((map) => `${renderAreaMapSvg(map)}\n`),
    explanation.findings.length > 0 ? "<h1>Findings</h1>\n" : "",
    ...explanation.findings.slice(0, MOST_SHOWN).map(findingHtml),
    issues.length > 0 ? `<h1>About the input</h1>${list("ul", issues.slice(0, MOST_SHOWN))}\n` : "",
    "</body></html>\n",
  ].join("");
}
