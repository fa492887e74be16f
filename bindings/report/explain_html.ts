// Knows: how an explanation looks as one HTML file without scripts or anything from elsewhere.
// Must not know: how a verdict is reached. Every text that came from a log is escaped here.

import type { Explained, Explanation, Finding } from "../explain/index.js";
import { describeFits, describeRequest, type ExplainPicture } from "./explain.js";
import { renderAreaMapSvg } from "./explain_map.js";
import { renderPinLengths } from "./explain_pins.js";
import { renderHtmlHeading, renderHtmlPage, renderHtmlParagraph } from "./html.js";
import { escapeXml } from "./svg.js";
import { singleLine } from "./table.js";

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
    `<section><h2>${number}. ${safe(describeRequest(failure, pageShift))}</h2>` +
    `<p>${safe(failure.sentence)}</p>` +
    `<p><b class="verdict">${safe(failure.verdict)}</b> ${failure.certainty}${also}</p>${fits}` +
    `${list("ul", failure.evidence)}<p>What helps:</p>${list("ol", failure.remedies)}<p>Next: <code>${safe(failure.nextCommand)}</code></p></section>\n`
  );
}

function findingHtml({ verdict, certainty, message, evidence, remedies, nextCommand }: Finding): string {
  const helps = remedies.length === 0 ? "" : `<p>What helps:</p>${list("ol", remedies)}`;
  return `<section><p><b class="verdict">${safe(verdict)}</b> ${certainty}: ${safe(message)}</p>${list("ul", evidence)}${helps}<p>Next: <code>${safe(nextCommand)}</code></p></section>\n`;
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
  const { pins } = picture;
  const lead = explanation.sentence;
  return renderHtmlPage(
    { brand: "pageblock explain", title: "Why contiguous allocations failed", lead },
    [
      ...failures.slice(0, MOST_SHOWN).map((failure, i) => failureHtml(failure, i + 1, pageShift)),
      ...picture.maps.map((map) => `<figure class="map">${renderAreaMapSvg(map)}</figure>\n`),
      pins === undefined
        ? ""
        : `${renderHtmlHeading("Pins")}<pre>${renderPinLengths(pins).map(escapeXml).join("\n")}</pre>\n`,
      explanation.findings.length > 0 ? renderHtmlHeading("Findings") : "",
      ...explanation.findings.slice(0, MOST_SHOWN).map(findingHtml),
      issues.length > 0
        ? `${renderHtmlHeading("About the input")}${list("ul", issues.slice(0, MOST_SHOWN))}\n`
        : "",
      failures.length > MOST_SHOWN
        ? renderHtmlParagraph(`${failures.length - MOST_SHOWN} more kinds: --json shows all.`)
        : "",
    ].join(""),
  );
}
