// Knows: that damage done on the way to us (prefixes, line ends, wraps, strangers' lines) does not change what is read.
// Must not know: which verdicts follow.

import { describe, expect, it } from "vitest";
import { type Explanation, explain } from "../../../bindings/explain/index.js";
import { Collector, collect } from "../../../bindings/importers/collect.js";

const FAILURE = "cma: cma_alloc: linux,cma: alloc failed, req-size: 148 pages, ret: -12";
const LIST =
  "cma: number of available pages: 3@125+20@172+483@44061+1763@45341=> 2269 free of 81920 total pages";

function read(text: string): Explanation {
  return explain(collect({ log: text }));
}

function essence(text: string) {
  return read(text).failures.map(({ evidence: _, ...rest }) => rest);
}

const plain = essence(`${FAILURE}\n${LIST}\n`);

const PREFIXES: Readonly<Record<string, string>> = {
  "dmesg time": "[   13.250961] ",
  "dmesg time and task": "[   13.250961]  [1:   Binder:715_1:  846] ",
  "caller field": "[   13.250961][  T846] ",
  "raw level": "<3>[   13.250961] ",
  "dmesg -x": "kern  :err   : [   13.250961] ",
  "dmesg -T": "[Tue Mar 15 14:29:18 2022] ",
  syslog: "Jan 11 14:29:18 localhost kernel: [ 5009.361913] ",
  journald: "2022-03-15T14:29:18+0100 board kernel: ",
  "serial console": "[2022-03-15 14:29:18.123] [   13.250961] ",
  logcat: "03-15 14:29:18.123     0     0 E ",
  "Android bugreport": "<3>[   13.250961,0] ",
  "quoted mail": "> > ",
  "colour codes": "\u001b[32m[   13.250961] \u001b[0m\u001b[31m",
  "byte order mark": "\ufeff",
};

describe("prefixes", () => {
  for (const [name, prefix] of Object.entries(PREFIXES)) {
    it(name, () => expect(essence(`${prefix}${FAILURE}\n${prefix}${LIST}\n`)).toEqual(plain));
  }
});

describe("damage", () => {
  it("plain text is understood at all", () => {
    expect(plain).toMatchObject([{ area: "linux,cma", pages: 148, errno: -12, runs: 4, largestRun: 1763 }]);
  });

  it("line ends of other systems, and none at the end", () => {
    expect(essence(`${FAILURE}\r\n${LIST}\r\n`)).toEqual(plain);
    expect(essence(`${FAILURE}\n${LIST}`)).toEqual(plain);
  });

  it("entities and odd blanks of web pages", () => {
    expect(essence(`${FAILURE.replaceAll(" ", "\u00a0")}\n${LIST.replace("=>", "=&gt;")}\n`)).toEqual(plain);
  });

  it("a list wrapped anywhere, also inside a number", () => {
    const begin = LIST.indexOf("3@125");
    for (let at = begin; at < LIST.indexOf("=>"); at++) {
      expect(
        essence(`${FAILURE}\n${LIST.slice(0, at)}\n${LIST.slice(at)}\n`),
        `cut at ${at}: ${LIST.slice(0, at)}`,
      ).toEqual(plain);
    }
  });

  it("other messages between the pieces of a list", () => {
    const [head, tail] = [LIST.slice(0, LIST.indexOf("483@")), LIST.slice(LIST.indexOf("483@"))];
    const stranger = "[   13.3] usb 1-1: new high-speed USB device number 5 using xhci";
    expect(essence(`${FAILURE}\n${stranger}\n${head}\n${stranger}\n[   13.4] ${tail}\n`)).toEqual(plain);
  });

  it("a name that ends the line, as unnamed areas have", () => {
    const [first] = essence(`cma: cma_alloc: cma0\n: alloc failed, req-size: 148 pages, ret: -12\n${LIST}\n`);
    expect(first).toMatchObject({ area: "cma0", pages: 148, errno: -12, runs: 4 });
  });

  it("a failure line that is cut says so", () => {
    const { failures, issues } = read("cma: cma_alloc: alloc failed, req-size: 148 pages, re");
    expect(failures[0]).toMatchObject({ pages: 148, errno: null });
    expect(issues.map(({ code }) => code)).toContain("failure-line-cut");
  });

  it("a list that is cut says so and proves less", () => {
    const { failures, issues } = read(
      `${FAILURE.replace("148", "456")}\ncma: number of available pages: 20@10+300@512+ ...\nnext message\n`,
    );
    expect(issues.map(({ code }) => code)).toContain("run-list-cut");
    expect(failures[0]).toMatchObject({
      verdict: "FRAGMENTED",
      alsoPossible: ["ALIGNMENT", "NO-MIGRATION-TARGET"],
    });
  });

  it("a list whose missing part could hold the request proves nothing; one whose part cannot does", () => {
    const of = (total: string) =>
      read(`${FAILURE}\ncma: number of available pages: 20@10+30@512=> ${total}\n`).failures[0];
    expect(of("900 free of 8192 total pages")).toMatchObject({ verdict: "UNDECIDED" });
    expect(of("150 free of 8192 total pages")).toMatchObject({ verdict: "FRAGMENTED" });
  });

  it("lines that mail has wrapped are put together, wherever they broke", () => {
    const text = `Nov 28 19:25:54 imx8 kernel: ${FAILURE}\nNov 28 19:25:54 imx8 kernel: ${LIST}\nNov 28 19:25:54 imx8 kernel: usb 1-1: new\n`;
    const whole = read(text).failures;
    for (let width = 40; width < 150; width++) {
      const words = text.replace(new RegExp(`(.{${width - 20},${width}}) `, "g"), "$1\n");
      const { failures } = read(words);
      expect({
        width,
        errno: failures[0]?.errno,
        pages: failures[0]?.pages,
        runs: failures[0]?.runs,
      }).toEqual({
        width,
        errno: whole[0]?.errno,
        pages: whole[0]?.pages,
        runs: whole[0]?.runs,
      });
    }
  });

  it("numeric entities of web pages are decoded", () => {
    const coded = LIST.replaceAll("@", "&#64;").replaceAll("+", "&#43;").replaceAll("=>", "&#x3D;&#x3E;");
    expect(read(`${FAILURE}\n${coded}\n`).failures).toEqual(read(`${FAILURE}\n${LIST}\n`).failures);
  });

  it("ranges of a list may stand in one line", () => {
    const list = (between: string) =>
      `${FAILURE}\ncma: number of available pages: range 0: 10@0+20@256${between}range 1: 300@0=> 330 free of 8192 total pages\n`;
    expect(read(list("")).failures[0]).toMatchObject({ runs: 3, largestRun: 300 });
    expect(read(list("")).failures).toEqual(read(list("\n")).failures);
    expect(read(list("")).issues).toEqual([]);
  });

  it("bitmap files of every range count", () => {
    const line = "Linux version 6.18.1\ncma: __cma_alloc: cam: alloc failed, req-size: 64 pages, ret: -16\n";
    const files = (second: number) =>
      [0xffff_ffff, second].map(
        (word, range) =>
          `/sys/kernel/debug/cma/cam/ranges/${range}/base_pfn:${262_144 * (range + 1)}\n/sys/kernel/debug/cma/cam/ranges/${range}/bitmap:${`${word} `.repeat(32)}\n`,
      );
    const verdict = (second: number) =>
      read(`${line}/sys/kernel/debug/cma/cam/count:2048\n${files(second).join("")}`).failures[0];
    expect(verdict(0xffff_ffff)).toMatchObject({ verdict: "EXHAUSTED", runs: 0 });
    expect(verdict(0xffff_0000)).toMatchObject({ verdict: "FRAGMENTED", largestRun: 16 });
    expect(verdict(0)).toMatchObject({ verdict: "ISOLATION-COLLISION", largestRun: 1024 });
  });

  it("failures that only sysfs has counted are a finding", () => {
    const counted = read(
      "/sys/kernel/mm/cma/cam/alloc_pages_success:100\n/sys/kernel/mm/cma/cam/alloc_pages_fail:20\n",
    );
    expect(counted.findings).toMatchObject([{ verdict: "UNDECIDED", code: "failures-not-in-log" }]);
  });

  it("pieces of any size, UTF-16 too", () => {
    const text = `${FAILURE}\r\n${LIST}\r\n`;
    const bytes = new TextEncoder().encode(text);
    const collector = new Collector();
    collector.begin("log");
    for (const byte of bytes) collector.push(Uint8Array.of(byte));
    collector.end();
    expect(explain(collector.facts).failures).toEqual(read(text).failures);
    const wide = new Uint8Array([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);
    expect(explain(collect({ log: wide })).failures).toEqual(read(text).failures);
  });
});
