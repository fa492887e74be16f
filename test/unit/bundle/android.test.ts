// Knows: sections of Android's bugreports and the script's MANIFEST, in the words of their sources.
// Must not know: how they are read.

import { describe, expect, it } from "vitest";
import { areaMaps, explain, guestsOf, pageShift, pinLengths } from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import { renderExplanation } from "../../../bindings/report/explain.js";
import { parseQuantity } from "../../../bindings/scenario/quantity.js";
import { zip } from "../../support/archives.js";

const pin = (us: number, pfn: number, stack: string) =>
  `Page pinned for ${us} us\nPFN 0x${pfn.toString(16)} Block ${pfn >> 9} type CMA count 3 mapcount 1 mapping 00000000a1b2c3d4 index 12 Flags 0x4000000000080014(uptodate|lru|swapbacked)\n page_pinner_put_page+0x6c/0x1f0\n unpin_user_pages+0x40/0x80\n ${stack}+0x1ac/0x2f0\n el0_svc+0x28/0x60\n\n`;

/** Sections as a Pixel's dumpstate writes them. */
const BUGREPORT = `== dumpstate: 2026-01-01 12:00:00
------ dmabuf info (/d/dma_buf/bufinfo) ------
Dma-buf Objects:
------ Page Pinner - longterm pin (/sys/kernel/debug/page_pinner/buffer) ------
${[310_000, 420_000, 505_000, 1_500_000].map((us, i) => pin(us, 0x9bb65 + i, "bio_release_pages")).join("")}${pin(9_000_000, 0x9cc00, "ion_buffer_free")}------ CMA info (/vendor/bin/sh -c for d in $(ls -d /d/cma/*); do echo --- $d; done) ------
--- /d/cma/vframe
--- count
256
--- used
64
--- bitmap
4294967295 4294967295 0 0 0 0 0 0 
--- /d/cma/farawimg
--- count
64
--- used
0
--- bitmap
0 0 
------ Pixel Trace (/sys/kernel/tracing/instances/pixel/trace) ------
# tracer: nop
     HwBinder-812     [002] .....  279.814717: cma_alloc_start: name=vframe count=250 align=0
     HwBinder-812     [002] .....  279.830000: cma_alloc_finish: name=vframe pfn=0x0 page=0000000000000000 count=250 align=0 errorno=-12
------ KERNEL LOG (dmesg) ------
[    0.000000] Linux version 5.10.66-android12-9 (build@host) #1 SMP PREEMPT
[  279.830100] cma: cma_alloc: vframe: alloc failed, req-size: 250 pages, ret: -12
`;

describe("bugreport.zip", () => {
  const facts = collect({
    "bugreport.zip": zip([
      { path: "version.txt", data: "2.0" },
      { path: "main_entry.txt", data: "bugreport-x.txt" },
      { path: "bugreport-x.txt", data: BUGREPORT },
    ]),
  });

  it("gives the areas with their bitmaps, the trace, the kernel and the failure, once", () => {
    expect(facts.areas.map(({ name, count, used }) => ({ name, count, used }))).toEqual([
      { name: "vframe", count: 256, used: 64 },
      { name: "farawimg", count: 64, used: 0 },
    ]);
    expect(facts.kernel).toBe("5.10.66-android12-9");
    const { failures } = explain(facts);
    expect(failures).toMatchObject([
      { area: "vframe", pages: 250, errno: -12, align: 0, verdict: "EXHAUSTED" },
    ]);
  });

  it("gives the lengths of pins: a histogram, who pinned, and what a scenario takes", () => {
    const lengths = pinLengths(facts)!;
    expect(lengths).toMatchObject({
      count: 5,
      medianUs: 505_000,
      longestUs: 9_000_000,
      shortestUs: 310_000,
      meanUs: 2_347_000,
      service: { timeUs: 2_347_000, spread: "lognormal" },
    });
    expect(lengths.buckets.reduce((sum, { pins }) => sum + pins, 0)).toBe(5);
    expect(lengths.buckets.map(({ pins }) => pins)).toEqual(
      [3, 0, 1, 0, 0, 1].slice(0, lengths.buckets.length),
    );
    expect(lengths.holders.map(({ stack, pins }) => [stack.split(" ")[0], pins])).toEqual([
      ["bio_release_pages", 4],
      ["ion_buffer_free", 1],
    ]);
    const picture = { maps: areaMaps(facts), guests: guestsOf(facts), pins: lengths };
    const text = renderExplanation(explain(facts), picture, { color: false, pageShift: 12 });
    expect(text).toContain("Pins that page_pinner recorded: 5");
    const service = /service: (\S+), service-spread: (\S+)/.exec(text)!;
    expect(parseQuantity("time", service[1])).toEqual({ value: 2_350_000_000 });
    expect(parseQuantity("spread", service[2])).toEqual({ value: 2 });
  });
});

describe("spreads of pins", () => {
  it.each([
    ["fixed", [100, 100, 100]],
    ["uniform", [50, 75, 100, 125, 150]],
    ["exponential", Array.from({ length: 200 }, (_, i) => Math.round(-1e6 * Math.log((i + 0.5) / 200)))],
  ])("%s", (spread, lengths) => {
    const pins = lengths.map((microseconds) => ({
      place: { file: "", line: 1 },
      microseconds,
      pfn: null,
      stack: "",
    }));
    expect(pinLengths({ ...collect({}), pins })?.service.spread).toBe(spread);
  });
});

describe("MANIFEST", () => {
  it("gives the page size", () => {
    const facts = collect({ MANIFEST: "pbcap 1\npage_size 16384\nuid 0\nskipped /proc/kpageflags\n" });
    expect(facts.pageSize).toBe(16384);
    expect(pageShift(facts)).toBe(14);
    expect(facts.issues).toEqual([]);
  });
});
