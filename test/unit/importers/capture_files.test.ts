// Knows: how the files of a capture become one, in memory and in a directory, and what is refused.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Capture, filesOf, loadCapture } from "../../../bindings/importers/capture/capture.js";
import { readCaptureDirectory } from "../../../bindings/importers/capture/node.js";
import { CaptureError, formatIssue } from "../../../bindings/importers/errors.js";
import { DUMP_6_1, DUMP_6_12, damage } from "./small_dumps.js";

const HEAD = "            init-1       [000] .....            5: ";

const FILES = {
  "state_before.txt": damage(DUMP_6_12, "seq=3 tag=op17", "seq=0 tag=before"),
  "state_mid.txt": damage(DUMP_6_12, "seq=3 tag=op17", "seq=1 tag=op1"),
  "state_after.txt": damage(DUMP_6_12, "seq=3 tag=op17", "seq=2 tag=after"),
  "ops.csv":
    "i,op,slot,order,cls,gfp,migratetype,zoneidx,align,count,pfn,ret\n0,alloc,0,0,3,0x2820,0,2,,,16,0\n1,dump,0,,,,,,,,0,0\n",
  "gfp_classes.txt": "3 0x2820 GFP_ATOMIC|__GFP_NOWARN migratetype=0 zoneidx=2\n",
  "trace.txt": `# tracer: nop\n${HEAD}mm_page_free: page=(____ptrval____) pfn=0x1f order=2\n`,
  "trace_lab.txt": "# IDX\n0\tinit-1\t000\t.....\t3\top 0\n1\tinit-1\t000\t.....\t9\top 1\n",
  "trace_stats.txt": "cpu0\nentries: 3\noverrun: 0\ndropped events: 0\n",
  "meta.json": JSON.stringify({
    name: "tiny",
    ops: 2,
    op_counts: { alloc: 1, dump: 1 },
    set_check: { events: { mm_page_free: 1, "LAB:op": 2 } },
    description: "all there is",
  }),
};

function load(changes: Record<string, string | undefined> = {}): Capture {
  const texts: Record<string, string> = { ...FILES };
  for (const [name, text] of Object.entries(changes)) {
    if (text === undefined) {
      delete texts[name];
    } else {
      texts[name] = text;
    }
  }
  return loadCapture("tiny", filesOf(texts));
}

function issues(changes: Record<string, string | undefined>): string[] {
  return load(changes).issues.map(formatIssue);
}

describe("a capture in memory", () => {
  it("has everything", () => {
    const capture = load();
    expect(capture.issues).toEqual([]);
    expect(capture).toMatchObject({ name: "tiny", kernel: "6.12.117-lab", gfpEra: "6.12" });
    expect(capture.family).toEqual({
      kernel: "6.12",
      pageShift: 12,
      maxPageOrder: 3,
      pageblockOrder: 2,
      pcpLists: 14,
      pcpThpOrder: 9,
      cpus: 2,
      zoneNames: ["DMA32", "Normal"],
    });
    expect([capture.before, ...capture.mids, capture.after].map(({ origin }) => origin?.tag)).toEqual([
      "before",
      "op1",
      "after",
    ]);
    expect(capture.ops?.length).toBe(2);
    expect(capture.trace).toMatchObject({ length: 3, standardCount: 1, labCount: 2, clock: "counter" });
    expect(capture.meta).toMatchObject({ description: "all there is", ops: 2 });
  });

  it("needs only its two states", () => {
    const capture = loadCapture(
      "two",
      filesOf({
        "state_before.txt": FILES["state_before.txt"],
        "state_after.txt": FILES["state_after.txt"],
      }),
    );
    expect(capture).toMatchObject({ mids: [], gfpClasses: [], issues: [], gfpEra: "6.12" });
    expect(capture.ops ?? capture.trace ?? capture.meta).toBeUndefined();
  });

  it("of 6.1 is read with the names of 6.1, unless its classes say otherwise", () => {
    const states = { "state_before.txt": DUMP_6_1, "state_after.txt": damage(DUMP_6_1, "seq=0", "seq=1") };
    expect(loadCapture("k", filesOf(states))).toMatchObject({ gfpEra: "6.1", family: { kernel: "6.1" } });
    const classes = { "gfp_classes.txt": FILES["gfp_classes.txt"] };
    expect(loadCapture("k", filesOf({ ...states, ...classes })).gfpEra).toBe("6.12");
  });

  it("can leave parts unread", () => {
    const texts = { ...FILES, "ops.csv": "broken", "trace.txt": "broken" };
    const capture = loadCapture("t", filesOf(texts), { ops: false, trace: false });
    expect(capture.ops ?? capture.trace).toBeUndefined();
  });

  it("reports what does not fit together", () => {
    const mid = FILES["state_mid.txt"];
    expect(issues({ "state_mid.txt": undefined })).toEqual([
      "ops.csv: error: 1 dump rows, but 0 dumps in state_mid.txt",
    ]);
    expect(issues({ "state_mid.txt": damage(mid, "seq=1", "seq=0") })[0]).toMatch(
      /^state_mid.txt:1: error: dump "op1" has seq=0 after seq=0/,
    );
    expect(issues({ "state_mid.txt": damage(mid, "count=4", "count=5") })).toEqual([
      "state_mid.txt:14: error: pcp of cpu 0: count=5, but its lists hold 4 pages",
    ]);
    expect(issues({ "meta.json": '{"ops": 9}' })).toEqual([
      "ops.csv: error: 2 rows, but meta.json counts 9: the file was cut or changed",
    ]);
    expect(issues({ "meta.json": "{" })[0]).toMatch(/^meta.json: warning: not JSON, left aside/);
    expect(issues({ "trace_lab.txt": undefined })).toEqual([
      "trace.txt: error: 0 LAB:op events, but meta.json counts 2",
    ]);
    expect(issues({ "trace.txt": undefined })[0]).toMatch(
      /^trace_lab.txt: info: left aside: there is no trace.txt/,
    );
    expect(issues({ "trace_stats.txt": "overrun: 0\ndropped events: 7\n" })).toEqual([
      "trace_stats.txt:2: warning: dropped events: 7, so the trace is not complete",
    ]);
  });

  it("refuses dumps of two machines", () => {
    const after = FILES["state_after.txt"];
    expect(() => load({ "state_after.txt": after.replace("6.12.117", "6.12.99") })).toThrow(
      'state_after.txt:1: the dump "after" is of another machine than state_before.txt: release is 6.12.99-lab; expected 6.12.117-lab',
    );
    expect(() => load({ "state_mid.txt": after.replace("spanned=8", "spanned=4") })).toThrow(
      /zones is DMA32 16/,
    );
    expect(() => load({ "state_after.txt": after + after })).toThrow(
      /^state_after.txt:53: 2 state dumps; expected one/,
    );
  });
});

describe("a capture in a directory", () => {
  const root = mkdtempSync(join(tmpdir(), "pageblock-capture-"));
  let count = 0;

  function directory(files: Record<string, string | Uint8Array>): string {
    const path = join(root, `set${count++}`);
    mkdirSync(path);
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(path, name), content);
    }
    return path;
  }

  function failure(path: string): CaptureError {
    try {
      readCaptureDirectory(path);
    } catch (error) {
      expect(error).toBeInstanceOf(CaptureError);
      return error as CaptureError;
    }
    throw new Error("the capture was accepted");
  }

  const packed: Record<string, Uint8Array> = {};
  beforeAll(() => {
    for (const [name, text] of Object.entries(FILES)) {
      packed[`${name}.gz`] = gzipSync(text);
    }
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("may be plain, packed or both", () => {
    const plain = readCaptureDirectory(directory(FILES));
    expect(plain.issues).toEqual([]);
    const zipped = readCaptureDirectory(directory(packed));
    expect(zipped.trace).toMatchObject({ length: 3 });
    expect(zipped.before.zones).toEqual(plain.before.zones);
    expect(zipped.before.origin?.file.endsWith("state_before.txt.gz")).toBe(true);
    expect(plain.name).toMatch(/^set\d+$/);
    expect(readCaptureDirectory(`${directory(FILES)}/`).name).toMatch(/^set\d+$/);
  });

  it("is recognised by content, not by name", () => {
    const path = directory({
      ...packed,
      "state_before.txt.gz": FILES["state_before.txt"],
      "ops.csv": gzipSync(FILES["ops.csv"]),
    });
    expect(readCaptureDirectory(path)).toMatchObject({
      before: { origin: { tag: "before" } },
      ops: { length: 2 },
    });
  });

  it("that does not exist, or is a file", () => {
    const missing = join(root, "nowhere");
    expect(failure(missing).message).toBe(
      `${missing}: cannot be opened (ENOENT); expected a directory with a capture`,
    );
    const file = join(directory(FILES), "ops.csv");
    expect(failure(file).message).toBe(`${file}: is not a directory; expected a directory with a capture`);
  });

  it("that is no capture", () => {
    const empty = directory({ "notes.txt": "hello" });
    expect(failure(empty)).toMatchObject({ file: empty, line: undefined });
    expect(failure(empty).message).toMatch(
      /: not a capture: it has no state_before.txt; expected state_before.txt, /,
    );
    const half = directory({ "state_before.txt": FILES["state_before.txt"] });
    expect(failure(half).message).toMatch(/not a capture: it has no state_after.txt/);
  });

  it("with a truncated, corrupt or empty file, or one that is a directory", () => {
    const whole = packed["state_after.txt.gz"] as Uint8Array;
    const cut = directory({ ...packed, "state_after.txt.gz": whole.subarray(0, whole.length - 20) });
    expect(failure(cut).message).toBe(
      `${join(cut, "state_after.txt.gz")}: truncated gzip data; expected a whole gzip file`,
    );
    const flipped = Uint8Array.from(whole);
    flipped.set([0xff, 0xff, 0xff], 60);
    const corrupt = directory({ ...packed, "state_after.txt.gz": flipped });
    expect(failure(corrupt).message).toMatch(
      /state_after.txt.gz: corrupt gzip data \(.*\); expected a whole/,
    );
    const stub = directory({ ...packed, "ops.csv.gz": Uint8Array.of(0x1f, 0x8b) });
    expect(failure(stub).message).toMatch(/ops.csv.gz: (truncated|corrupt) gzip data/);
    for (const nothing of ["", gzipSync("")]) {
      const empty = directory({ ...packed, "trace.txt.gz": nothing });
      expect(failure(empty).message).toBe(
        `${join(empty, "trace.txt.gz")}: the file is empty; expected the text of trace.txt`,
      );
    }
    const nested = directory(packed);
    mkdirSync(join(nested, "ops.csv"));
    expect(failure(nested).message).toBe(
      `${join(nested, "ops.csv")}: cannot be read (EISDIR); expected a readable ops.csv`,
    );
  });

  it("with a damaged text: the message has path and line", () => {
    const path = directory({ ...FILES, "state_after.txt": FILES["state_after.txt"].slice(0, 900) });
    const file = join(path, "state_after.txt");
    expect(failure(path)).toMatchObject({ file, expected: '"ENDDUMP ovf=0" at its end' });
    expect(failure(path).message).toMatch(
      /state_after.txt:\d+: truncated: the file ends inside the dump "after"/,
    );
  });
});
