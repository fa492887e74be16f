// Knows: that a request for no page, or fewer, is a request whose size nobody tells. Must not know: verdicts.

import { expect, it } from "vitest";
import { explain } from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import { renderExplanation } from "../../../bindings/report/explain.js";

const list = "cma: number of available pages: 3@5+8@30=> 11 free of 64 total pages";
const LOGS = {
  "no pages": `[1.0] cma: cma_alloc: reserved: alloc failed, req-size: 0 pages, ret: -16\n[1.0] ${list}\n`,
  "fewer than none": `[1.0] cma: cma_alloc: reserved: alloc failed, req-size: -8 pages, ret: -16\n[1.0] ${list}\n`,
};

it.each(Object.entries(LOGS))("%s", (_, log) => {
  const explanation = explain(collect({ log }));
  expect(explanation.failures).toHaveLength(1);
  const picture = { maps: [], guests: [] };
  const text = renderExplanation(explanation, picture, { color: false, pageShift: 12 });
  expect(text).not.toMatch(/NaN|Infinity|-8 pages|\b0 pages/);
});
