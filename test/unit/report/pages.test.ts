// Knows: what the page of an explanation is made of, and that the one page lets nothing load and only its own script run.
// Must not know: how a page is drawn (test/report).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { areaMaps, explain, guestsOf, pinLengths } from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import {
  type AnswerDocument,
  answerOfExplanation,
  fillAnswer,
} from "../../../bindings/report/answer/index.js";
import { describeMap } from "../../../bindings/report/explain_map.js";
import { readReportTemplate } from "../../../bindings/report/node.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const LOG = readFileSync(`${ROOT}test/golden/explain/imx6q-vpu-dong-2022/input.txt`, "utf8");

function explained(log: string): AnswerDocument {
  const facts = collect({ "log.txt": log });
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts), pins: pinLengths(facts) };
  return answerOfExplanation(explain(facts), picture, 12, "");
}

describe("the page", () => {
  const page = readReportTemplate();

  it("lets nothing load or be sent, and only its own script run", () => {
    const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? "";
    expect(policy).toMatch(/^default-src 'none'; connect-src 'none';/);
    const script = /<script type="module"[^>]*>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(script).digest("base64");
    expect(policy).toContain(`script-src 'sha256-${hash}' 'wasm-unsafe-eval' blob:;`);
    expect(page).not.toMatch(/(?:src|href)=["']?(?:https?:)?\/\//);
  });

  it("is dark where the reader's screen is", () => {
    expect(page).toContain("prefers-color-scheme");
  });
});

describe("the page of an explanation", () => {
  it("begins with a sentence, and tells the map in words", () => {
    const { sentence, blocks } = explained(LOG);
    expect(sentence).toMatch(/592 KiB/);
    const [area] = blocks.flatMap((block) => (block.kind === "area" ? [block.area] : []));
    expect(area?.told).toMatch(/^[\d,]+ of 81,920 pages are free/);
    const [map] = areaMaps(collect({ LOG }));
    const free = map!.free.reduce((sum, pages) => sum + pages, 0);
    expect(describeMap(map!).replaceAll(",", "")).toContain(`${free} of ${map!.pages} pages are free`);
  });

  it("says the longest free stretch and the blocked cells", () => {
    const map = { name: "a", pages: 2000, cell: 512, free: [0, 512, 512, 464], culprits: [0] };
    expect(describeMap(map)).toBe(
      "1,488 of 2,000 pages are free, in 4 cells: 1 have nothing free, 3 are all free. The longest stretch of free cells begins at page 512 and is 3 cells long. 1 cells hold a frame that blocked a window.",
    );
  });

  it("says a sentence once where there is one failure", () => {
    const { sentence, blocks } = explained(LOG);
    expect(blocks.filter((block) => block.kind === "text" && block.text === sentence)).toEqual([]);
  });

  it("shows hostile text as text", () => {
    const log = "cma: cma_alloc: <script>alert(1)</script>: alloc failed, req-size: 4 pages, ret: -12\n";
    const slot = '<script type="application/json" id="document"></script>';
    expect(fillAnswer(slot, explained(log)).match(/</g)).toHaveLength(2);
  });
});
