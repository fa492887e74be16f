// Knows: how each kind of block of an answer is drawn. Every text becomes text.
// Must not know: which command answered.

import type { AnswerKinds, Block } from "../../bindings/report/answer/document.js";
import { kindColor, kindMeaning } from "../report/colors.js";
import { formatCount } from "../report/format.js";
import { type Child, h } from "./dom.js";
import { areaFigure, kindsFigure } from "./maps.js";
import { scatterFigure, timesFigure } from "./plots.js";

type Of<Kind extends Block["kind"]> = Extract<Block, { readonly kind: Kind }>;

function tableOf({ columns, rows }: Of<"table">): HTMLElement {
  const side = columns.map(({ align }, i) => {
    const isNumbers = rows.length > 0 && rows.every((row) => typeof row[i] === "number");
    return align === "right" || (align !== "left" && isNumbers) ? "n" : null;
  });
  const line = (tag: "th" | "td", cells: readonly Child[]) =>
    h("tr", {}, ...cells.map((cell, i) => h(tag, { class: side[i] ?? null }, cell)));
  const head = line(
    "th",
    columns.map(({ header }) => header),
  );
  const body = rows.map((row) =>
    line(
      "td",
      columns.map((_, i) => String(row[i] ?? "")),
    ),
  );
  // A table that is wider than the screen is scrolled by keys, too.
  return h(
    "div",
    { class: "table", tabindex: 0, role: "region", "aria-label": "table" },
    h("table", {}, h("thead", {}, head), h("tbody", {}, ...body)),
  );
}

function kindsOf(maps: readonly AnswerKinds[]): HTMLElement {
  const [first] = maps;
  const kinds = first?.map.kinds ?? [];
  const swatches = kinds.map((kind) =>
    h("span", { title: kindMeaning(kind) }, h("i", { style: `background:${kindColor(kind)}` }), kind),
  );
  const cell = h("b", {}, `1 cell = ${formatCount(first?.map.pagesPerCell ?? 0)} pages`);
  return h(
    "div",
    {},
    h("p", { class: "legend" }, cell, ...swatches),
    h("div", { class: "maps" }, ...maps.map(kindsFigure)),
  );
}

function draw(block: Block): Node {
  switch (block.kind) {
    case "heading":
      return h("h2", {}, block.text);
    case "lead":
      return h("p", { class: "lead" }, block.text);
    case "text":
      return h("p", {}, block.text);
    case "list":
      return h(block.isOrdered ? "ol" : "ul", {}, ...block.items.map((item) => h("li", {}, item)));
    case "lines":
      return h("pre", { tabindex: 0 }, block.lines.join("\n"));
    case "command":
      return h("p", {}, `${block.label}: `, h("code", {}, block.text));
    case "verdict":
      return h(
        "p",
        {},
        h("b", { class: "verdict" }, block.verdict),
        ` ${block.certainty}${block.text === "" ? "" : `: ${block.text}`}`,
      );
    case "table":
      return tableOf(block);
    case "area":
      return areaFigure(block.area);
    case "kinds":
      return kindsOf(block.maps);
    case "scatters":
      return h("div", { class: "maps" }, ...block.plots.map(scatterFigure));
    case "times":
      return timesFigure(block);
  }
}

/** The blocks in their order. */
export function drawBlocks(blocks: readonly Block[]): Node[] {
  return blocks.map(draw);
}
