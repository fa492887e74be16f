// Knows: that each rule holds for other numbers, drivers, times and orders of lines than those of the inputs it was made after.
// Must not know: how an answer is found.

import { describe, expect, it } from "vitest";
import { answerTo } from "./expected.js";
import { between, oneOf, type Told, told } from "./variants.js";

const SEEDS = [1, 2, 3, 4, 5];

interface Rule {
  readonly name: string;
  /** Lines of an input, and the check of its answer. */
  tell(input: Told): { readonly lines: readonly string[]; check(answer: ReturnType<typeof answerTo>): void };
}

const kb = (pages: number) => pages * 4;
const first = ({ explanation }: ReturnType<typeof answerTo>) => explanation.failures[0];
const finding = ({ explanation }: ReturnType<typeof answerTo>) => explanation.findings[0];

const RULES: readonly Rule[] = [
  {
    name: "an area that holds the request is not IMPOSSIBLE, whichever line tells its size",
    tell: ({ draw, pages, stamp, failed }) => {
      const total = (pages + 300) * between(draw, 1, 9);
      const size = oneOf(draw, [
        `${stamp} Memory: 363388K/458752K available (9194K kernel code, 29828K reserved, ${kb(total)}K cma-reserved)`,
        `${stamp} ${total} pages cma reserved`,
        `CmaTotal:       ${kb(total)} kB`,
      ]);
      return {
        lines: draw() < 0.5 ? [size, failed(-12)] : [failed(-12), size],
        check: (answer) => {
          expect(first(answer)).toMatchObject({ verdict: "UNDECIDED", pages });
          expect(first(answer)!.alsoPossible).not.toContain("IMPOSSIBLE");
        },
      };
    },
  },
  {
    name: "a small CmaFree makes EXHAUSTED likely, never proved",
    tell: ({ draw, pages, failed }) => {
      const free = between(draw, 0, pages - 1);
      const meminfo = [`CmaTotal: ${kb(pages * 8)} kB`, `CmaFree: ${kb(free)} kB`];
      return {
        lines: draw() < 0.5 ? [...meminfo, failed(-12)] : [failed(-12), ...meminfo],
        check: (answer) => expect(first(answer)).toMatchObject({ verdict: "EXHAUSTED", certainty: "likely" }),
      };
    },
  },
  {
    name: "the kernel's own sum proves EXHAUSTED, with and without the opening of the list",
    tell: ({ draw, pages, stamp, failed }) => {
      const free = between(draw, 1, pages - 1);
      const tail = `=> ${free} free of ${pages * 4} total pages`;
      const list = oneOf(draw, [
        `${stamp} cma: number of available pages: ${tail}`,
        tail,
        `${stamp} cma: number of available pages: ${free}@17${tail}`,
      ]);
      return {
        lines: [failed(oneOf(draw, [-12, -16])), list],
        check: (answer) => expect(first(answer)).toMatchObject({ verdict: "EXHAUSTED", certainty: "proved" }),
      };
    },
  },
  {
    name: "sizes without places prove FRAGMENTED",
    tell: ({ draw, pages, stamp, failed }) => {
      const sizes = Array.from({ length: between(draw, 3, 9) }, () => between(draw, 1, pages - 1));
      const free = sizes.reduce((sum, size) => sum + size, 0);
      const more = Math.max(0, pages - free);
      const list = [...sizes, ...(more > 0 ? [Math.min(more, pages - 1), 1] : [])];
      const sum = list.reduce((total, size) => total + size, 0);
      return {
        lines: [
          failed(-12),
          `${stamp} cma: number of available pages: ${list.join("+")}=>${sum} pages, total: ${sum * 3} pages`,
        ],
        check: (answer) => expect(first(answer)).toMatchObject({ verdict: "FRAGMENTED" }),
      };
    },
  },
  {
    name: "driver and kernel tell of one request, in any order",
    tell: ({ draw, pages, driver, stamp, failed }) => {
      const words = oneOf(draw, [
        "dma alloc of size",
        "dma_alloc_coherent of size",
        "failed to allocate buffer with size",
      ]);
      const line =
        `${stamp} ${driver}: ${words} ${pages * 4096} ${words.startsWith("dma") ? "failed" : ""}`.trim();
      return {
        lines: draw() < 0.5 ? [line, failed(-12)] : [failed(-12), line],
        check: (answer) => {
          expect(answer.explanation.failures).toHaveLength(1);
          expect(first(answer)).toMatchObject({ pages, errno: -12 });
        },
      };
    },
  },
  {
    name: "any wording with a size, a failure and contiguous memory",
    tell: ({ draw, pages, driver, stamp }) => {
      const bytes = pages * 4096;
      const words = oneOf(draw, [
        `unable to allocate ${bytes} bytes of contiguous memory`,
        `could not allocate CMA buffer, size=${bytes}`,
        `failed to get dma memory: len 0x${bytes.toString(16)}`,
        `cannot alloc coherent buffer of ${bytes / 1024} kB`,
        `not enough cma memory for ${bytes}`,
        `dma-heap allocation failed (size ${bytes})`,
      ]);
      return {
        lines: [`${draw() < 0.5 ? `${stamp} ` : ""}${driver}: ${words}`],
        check: (answer) => {
          expect(answer.explanation.failures.map((failure) => failure.pages)).toEqual([pages]);
          expect(first(answer)!.verdict).toBe("UNDECIDED");
          expect(first(answer)!.nextCommand).toMatch(/meminfo/);
        },
      };
    },
  },
  {
    name: "busy windows and a driver that gives up are a failed request, never BENIGN",
    tell: ({ draw, stamp }) => {
      const pages = between(draw, 256, 4000);
      const start = between(draw, 0x10000, 0x90000);
      const windows = Array.from({ length: between(draw, 2, 6) }, (_, i) => start + i * 256);
      const old = draw() < 0.5;
      const lines = windows.map((at) => {
        const range = `${at.toString(16)}, ${(at + pages).toString(16)}`;
        return old
          ? `${stamp} alloc_contig_range test_pages_isolated(${range}) failed`
          : `${stamp} alloc_contig_range: [${range}) PFNs busy`;
      });
      return {
        lines: [...lines, `${stamp} [drm:exynos_drm_gem_create] *ERROR* failed to allocate buffer.`],
        check: (answer) => {
          expect(answer.explanation.failures).toHaveLength(1);
          expect(first(answer)).toMatchObject({ pages, verdict: "PINNED", certainty: "likely" });
        },
      };
    },
  },
  {
    name: "siblings get one verdict",
    tell: ({ draw, stamp, failed }) => {
      const pages = between(draw, 16, 400);
      const at = between(draw, 0x10000, 0x90000);
      const busy = `${stamp} alloc_contig_range: [${at.toString(16)}, ${(at + pages).toString(16)}) PFNs busy`;
      const one = failed(-16, pages);
      return {
        lines: draw() < 0.5 ? [busy, one, one] : [one, busy, one],
        check: (answer) => {
          const verdicts = new Set(answer.explanation.failures.map(({ verdict }) => verdict));
          expect([...verdicts]).toEqual(["PINNED"]);
        },
      };
    },
  },
  {
    name: "prose and negations never make BENIGN",
    tell: ({ draw, pages, driver, stamp }) => {
      const prose = oneOf(draw, [
        "it does not fall back to anything, it just hangs",
        "I was told that it falls back to software here",
        `${stamp} ${driver}: no fallback to vmalloc possible`,
        `${stamp} ${driver}: cannot fall back to single pages`,
      ]);
      return {
        lines: [`${stamp} ${driver}: dma alloc of size ${pages * 4096} failed`, prose],
        check: (answer) => expect(first(answer)!.verdict).not.toBe("BENIGN"),
      };
    },
  },
  {
    name: "a reservation that failed, in every wording",
    tell: ({ draw }) => {
      const mib = between(draw, 4, 2000);
      const line = oneOf(draw, [
        `[    0.000000] cma: Failed to reserve ${mib} MiB`,
        `cma: Failed to reserve ${mib}MiB`,
        `[    0.000000] OF: reserved mem: failed to allocate memory for node 'linux,cma': size ${mib} MiB`,
        `01-01 00:00:00.000     0     0 E OF      : reserved mem: failed to allocate memory for node 'linux,cma'`,
        `[    0.000000] OF: reserved mem: failed to allocate memory for node 'linux,cma'`,
      ]);
      return {
        lines: [line],
        check: (answer) => {
          expect(finding(answer)).toMatchObject({ verdict: "RESERVATION-SHRANK" });
          expect(finding(answer)!.remedies.length).toBeGreaterThan(0);
          expect(answer.text).not.toMatch(/-\d+ MiB/);
        },
      };
    },
  },
  {
    name: "failures of other allocators are not CMA's, with the reason",
    tell: ({ draw, stamp }) => {
      const line = oneOf(draw, [
        `${stamp} kworker/u8:1: page allocation failure: order:0, mode:0xa20(GFP_ATOMIC|GFP_DMA32), nodemask=(null)`,
        `${stamp} vmap allocation for size ${between(draw, 1, 400) * 4096} failed: use vmalloc=<size> to increase size`,
        `${stamp} SLUB: Unable to allocate memory on node -1, gfp=0xa20(GFP_ATOMIC)`,
        `${stamp} nvme 0000:01:00.0: swiotlb buffer is full (sz: ${between(draw, 1, 64) * 4096} bytes), total 32768 (slots), used 0 (slots)`,
      ]);
      return {
        lines: [line],
        check: (answer) => {
          expect(answer.explanation.failures).toEqual([]);
          expect(finding(answer)).toMatchObject({ verdict: "NOT-CMA", certainty: "proved" });
          expect(finding(answer)!.message).toMatch(/^not CMA: \w+/);
        },
      };
    },
  },
  {
    name: "who holds it",
    tell: ({ draw, failed }) => {
      const size = between(draw, 100, 900) * 4096;
      const count = between(draw, 2, 9);
      const exporter = oneOf(draw, ["cma", "system-uncached", "videobuf2_dma_contig", "drm"]);
      const row = `${String(size).padStart(8, "0")}\t00000002\t00080007\t00000002\t${exporter}\t00000416\t`;
      return {
        lines: [
          "Dma-buf Objects:",
          "size    \tflags   \tmode    \tcount   \texp_name\tino     ",
          ...Array.from({ length: count }, () => row),
          failed(-12),
        ],
        check: (answer) =>
          expect(answer.explanation.holders?.rows).toMatchObject([
            { who: exporter, count, pages: (size / 4096) * count },
          ]),
      };
    },
  },
  {
    name: "a line that contains cma is never passed over",
    tell: ({ draw }) => {
      const name = oneOf(draw, ["ion_cma", "vidbuf_cma", "CMA", "linux,cma", "codec_mm_cma"]);
      const words = oneOf(draw, [
        "what is %s and do I need it",
        "%s: assigned to heap 4",
        "my %s looks odd",
        "[ 1.0] init %s done",
      ]);
      return {
        lines: ["hello", words.replace("%s", name)],
        check: (answer) => {
          expect(answer.explanation.findings.length).toBeGreaterThan(0);
          expect(answer.text).not.toMatch(/nothing in this file is about CMA/);
        },
      };
    },
  },
];

describe("each rule, told again", () => {
  for (const { name, tell } of RULES) {
    it.each(SEEDS)(`${name}, seed %i`, (seed) => {
      const { lines, check } = tell(told(seed));
      const answer = answerTo({ "input.txt": `${lines.join("\n")}\n` });
      expect(answer.explanation.sentence.length).toBeGreaterThan(20);
      check(answer);
    });
  }
});
