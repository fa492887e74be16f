// Knows: what the two commands print and with which code they end.
// Must not know: how a verdict is reached.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UsageError } from "../../../bindings/cli/exit.js";
import { runExplain } from "../../../bindings/cli/explain.js";
import { runSize } from "../../../bindings/cli/size.js";
import { documentOf } from "../../support/answers.js";

const golden = (name: string) =>
  fileURLToPath(new URL(`../../golden/explain/${name}/input.txt`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pageblock-explain-"));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function listen() {
  const out: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  return () => out.join("");
}

afterEach(() => vi.restoreAllMocks());

describe("pageblock explain", () => {
  it("0 when failures were explained, 3 when there are none; what cannot be read is refused", async () => {
    listen();
    expect(await runExplain([golden("samsung-jaewon-2016-first-format")], {})).toBe(0);
    expect(await runExplain([golden("novena-25")], {})).toBe(3);
    expect(await runExplain([file("log", "nothing of ours\n")], {})).toBe(3);
    await expect(runExplain([file("empty", "")], {})).rejects.toThrow(/^.*empty: the file is empty$/);
    const noise = Uint8Array.from({ length: 4000 }, (_, i) => (i * 97 + (i >> 3)) & 255);
    await expect(runExplain([file("noise", noise)], {})).rejects.toThrow(UsageError);
    await expect(runExplain([join(folder, "missing")], {})).rejects.toThrow(/missing.*ENOENT/);
    await expect(runExplain(["x"], { kernel: "new" })).rejects.toThrow(UsageError);
    await expect(runExplain(["-", "-"], {})).rejects.toThrow(UsageError);
  });

  it("prints JSON of exactly five keys, the sentence first", async () => {
    const heard = listen();
    await runExplain([golden("samsung-jaewon-2016-first-format")], { json: true });
    const answer = JSON.parse(heard());
    expect(Object.keys(answer)).toEqual(["sentence", "failures", "findings", "holders", "issues"]);
    expect(answer.failures[0]).toMatchObject({
      verdict: "FRAGMENTED",
      pages: 256,
      errno: -12,
      largestRun: 166,
    });
  });

  it("reads gzip by content, and the part before a damage", async () => {
    const text = readFileSync(golden("samsung-jaewon-2016-first-format"));
    const heard = listen();
    expect(await runExplain([file("packed.txt", gzipSync(text))], { json: true })).toBe(0);
    const packed = JSON.parse(heard());
    expect(packed.failures).toHaveLength(1);
    expect(await runExplain([file("cut.gz", gzipSync(text).subarray(0, 200))], {})).toBeLessThan(4);
  });

  it("writes the one page, with a map of the area", async () => {
    listen();
    const path = join(folder, "report.html");
    await runExplain([golden("imx6q-vpu-dong-2022")], { html: path });
    const { blocks, sentence, command } = documentOf(readFileSync(path, "utf8"));
    expect(sentence).toMatch(/592 KiB/);
    expect(command).toMatch(/^pageblock explain .*input\.txt$/);
    expect(blocks).toContainEqual(
      expect.objectContaining({ kind: "verdict", verdict: "ISOLATION-COLLISION" }),
    );
    expect(blocks.filter(({ kind }) => kind === "area")).toHaveLength(1);
  });
});

describe("pageblock size", () => {
  it("sizes buffers and logs, and says when a log has none", async () => {
    const heard = listen();
    expect(await runSize({ buffer: ["4x1920x1080xNV12", "6x3934pages@8"] })).toBe(0);
    expect(heard()).toContain("kernel command line: cma=");
    expect(await runSize({ fromLog: golden("gstreamer-imx-30"), json: true })).toBe(0);
    expect(await runSize({ fromLog: golden("novena-25") })).toBe(3);
    await expect(runSize({})).rejects.toThrow(UsageError);
    await expect(runSize({ buffer: ["wrong"] })).rejects.toThrow(/formats: NV12/);
    await expect(runSize({ buffer: ["8M"], pageSize: "5K" })).rejects.toThrow(UsageError);
  });
});
