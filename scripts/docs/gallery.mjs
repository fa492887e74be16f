// Makes docs/gallery.md: real failures, what was pasted, and what explain answers. npm run docs writes it.
import { readFileSync } from "node:fs";
import { renderExplanation } from "../../dist/bindings/report/explain.js";
import { collect, explain } from "../../dist/pageblock.js";

/** Lines of a log that are shown. */
const MOST_PASTED = 6;
/** Lines of an answer that are shown. */
const MOST_ANSWERED = 16;

/** [input below test/golden, title, lines worth showing, how it ended where its thread says so] */
const CASES = [
  [
    "explain/nxp-cas-2022-seed/input.txt",
    "456 pages among holes of 255",
    /alloc failed|number of available/,
    "NXP's own analysis: many small buffers with different lifetimes; a run of 511 pages is 200 short once aligned.",
  ],
  [
    "explain/imx6q-vpu-dong-2022/input.txt",
    "Eight video decoders, 33,161 pages free, -16",
    /alloc failed|number of available/,
    "Two callers isolated the same blocks of 32 MiB; the mutex around isolation came back (linux-mm, March 2022).",
  ],
  [
    "explain/cma-reserve-silently-failed-dr1/input.txt",
    "256 MiB asked for, 16 MiB there",
    /linux,cma|cma|Cma/,
    "The boot had said so, once, in one line.",
  ],
  [
    "explain/rpi-linux-2680/input.txt",
    "One page, -16, again and again",
    /cma_alloc/,
    "A kernel fault: a page of a file system that compaction could not move; reverted.",
  ],
  [
    "explain/samsung-jaewon-2016-first-format/input.txt",
    "1.4 MiB free, in pieces",
    /cma/,
    "The example of the patch that made the kernel print its bitmap.",
  ],
  [
    "explain/anholt-linux-76/input.txt",
    "Every window up to the end is busy",
    /PFNs busy|failed to allocate/,
    undefined,
  ],
  [
    "explain/rpi-linux-2966/input.txt",
    "One frame buffer of 1080p, -12, and nothing more",
    /cma_alloc/,
    "No list of free runs was pasted, so nothing decides it; explain asks for what would.",
  ],
  ["explain/rpi-linux-4600/input.txt", "75 MiB in one piece", /cma|order/, undefined],
  [
    "explain/gstreamer-imx-30/input.txt",
    "Where does the area go? A list of requests",
    /dma_alloc_from_contiguous/,
    "178 pages at align 8 take 256: 30 % of each such slot is a gap.",
  ],
  [
    "explain/novena-25/input.txt",
    "PFNs busy, all day: is it a fault?",
    /PFNs busy/,
    "No: windows that were tried, and no request that failed.",
  ],
  [
    "explain/migration-failure-dump-6.8/input.txt",
    "A page that migration gives up on",
    /migrating pfn|page dumped|refcount/,
    "The swap cache's own reference was not expected (December 2025).",
  ],
  ["posts/anholt-94-vc4.txt", "A desktop of 3D windows in 64 MiB", /vc4|CMA|cma/, undefined],
  ["posts/linux-at91-50.txt", "Reserved: nothing", /cma|CMA/, undefined],
  ["posts/udmabuf-23-no-area.txt", "There is no area at all", /cma|udmabuf/, undefined],
  ["posts/rpi-firmware-57-vmalloc.txt", "It says out of memory, and it is not CMA", /vmalloc/, undefined],
  [
    "posts/rpicam-apps-707-dmaheap.txt",
    "A camera program without memory",
    /dmaHeap|failed|ERROR/i,
    "In its thread page cache in the area was suspected; nothing there decides it.",
  ],
];

/** As it was pasted, cut to what fits beside it. */
function pasted(text, worth) {
  const lines = text.split("\n").filter((line) => worth.test(line) && !line.startsWith("#"));
  const shown = lines
    .slice(0, MOST_PASTED)
    .map((line) => (line.length > 160 ? `${line.slice(0, 157)}...` : line));
  return lines.length > MOST_PASTED ? [...shown, "..."] : shown;
}

function answered(name, text) {
  const facts = collect({ [name]: text });
  const explanation = explain(facts);
  const lines = renderExplanation(explanation, { maps: [], guests: [] }, { color: false, pageShift: 12 })
    .trimEnd()
    .split("\n");
  const most = lines.slice(0, MOST_ANSWERED);
  return { sentence: explanation.sentence, lines: lines.length > MOST_ANSWERED ? [...most, "..."] : most };
}

function section([input, title, worth, ended]) {
  const path = `test/golden/${input}`;
  const text = readFileSync(path, "utf8");
  const source = /^# source: (.*)$/m.exec(text)?.[1] ?? "";
  const link = source.startsWith("http") ? `<${source}>` : source;
  const { lines } = answered(path, text);
  return [
    `## ${title}`,
    `Source: ${link}`,
    `\`\`\`text\n${pasted(text, worth).join("\n")}\n\`\`\``,
    `\`\`\`sh\npageblock explain ${path}\n\`\`\``,
    `\`\`\`text\n${lines.join("\n")}\n\`\`\``,
    ...(ended === undefined ? [] : [`**How it ended.** ${ended}`]),
  ].join("\n\n");
}

/** The text of docs/gallery.md. */
export function makeGallery() {
  const head = [
    "# Real failures, explained",
    `${CASES.length} excerpts that people posted, and what \`pageblock explain\` answers to each today. The inputs lie in \`test/golden\`, with their
sources in the first line. Made by \`npm run docs\`; a test compares it. The words of an answer: [explain](explain.md); the domain:
[how cma_alloc fails](how-cma-alloc-fails.md).`,
  ];
  return `${[...head, ...CASES.map(section)].join("\n\n")}\n`;
}
