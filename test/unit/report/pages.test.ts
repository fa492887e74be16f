// Knows: what all pages that we write have in common: one style, light and dark, and a policy under which nothing runs or loads.
// Must not know: what a page shows.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { areaMaps, explain, guestsOf, pinLengths } from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import { renderExplanationHtml } from "../../../bindings/report/explain_html.js";
import { describeMap } from "../../../bindings/report/explain_map.js";
import { renderHtmlPage } from "../../../bindings/report/html.js";
import { readReportTemplate } from "../../../bindings/report/node.js";
import { PAGE_STYLE } from "../../../bindings/report/style.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const LOG = readFileSync(`${ROOT}test/golden/explain/imx6q-vpu-dong-2022/input.txt`, "utf8");

function explained(log: string): string {
  const facts = collect({ "log.txt": log });
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts), pins: pinLengths(facts) };
  return renderExplanationHtml(explain(facts), picture, 12);
}

describe("pages", () => {
  const pages = [
    explained(LOG),
    renderHtmlPage({ brand: "pageblock", title: "a <b> c" }, ""),
    readReportTemplate(),
  ];

  it("let nothing run or load beyond themselves, and are dark where the reader's screen is", () => {
    for (const page of pages) {
      expect(page).toMatch(/Content-Security-Policy"\s+content="default-src 'none';/);
      expect(page).toContain("prefers-color-scheme");
      expect(page).not.toMatch(/(?:src|href)=["']?(?:https?:)?\/\//);
    }
    for (const page of pages.slice(0, 2)) expect(page).not.toContain("script-src");
  });

  it("have the style of the run report, generated from its one source", () => {
    const before = readFileSync(`${ROOT}bindings/report/style.ts`, "utf8");
    expect(spawnSync("node", ["scripts/embed-style.mjs"], { cwd: ROOT }).status).toBe(0);
    expect(readFileSync(`${ROOT}bindings/report/style.ts`, "utf8")).toBe(before);
    expect(pages[0]).toContain(PAGE_STYLE);
  });
});

describe("the page of an explanation", () => {
  it("begins with a sentence, and tells the map in words", () => {
    const page = explained(LOG);
    expect(/<p class="lead">([^<]{20,})<\/p>/.exec(page)?.[1]).toMatch(/592 KiB/);
    expect(page).toMatch(
      /<svg[^>]* role="img"[^>]*><title>[^<]+<\/title><desc>[\d,]+ of 81,920 pages are free/,
    );
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

  it("shows hostile text as text", () => {
    const page = explained(
      "cma: cma_alloc: <script>alert(1)</script>: alloc failed, req-size: 4 pages, ret: -12\n",
    );
    expect(page).not.toContain("<script");
  });
});
