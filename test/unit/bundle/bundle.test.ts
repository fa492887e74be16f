// Knows: that one file or folder tells what its files tell one by one, and that no archive can do harm.
// Must not know: how archives come apart.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { ARCHIVE } from "../../../bindings/engine/limits.js";
import { explain } from "../../../bindings/explain/index.js";
import { collect, isUsable } from "../../../bindings/importers/collect.js";
import { collectFiles } from "../../../bindings/importers/node.js";
import { type TarEntry, tar, tgz, zip } from "../../support/archives.js";

const GOLDEN = fileURLToPath(new URL("../../golden/explain/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "pageblock-bundle-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function entriesOf(name: string): TarEntry[] {
  const folder = join(GOLDEN, name);
  return readdirSync(folder)
    .filter((file) => !file.endsWith(".golden"))
    .sort()
    .map((file) => ({ path: `pbcap/${file.replace("_", "/")}`, data: readFileSync(join(folder, file)) }));
}

/** What was found, without the places. */
function told(facts: ReturnType<typeof collect>) {
  const { failures, findings } = explain(facts);
  return {
    failures: failures.map(({ verdict, pages, errno, align }) => ({ verdict, pages, errno, align })),
    findings: findings.map(({ verdict, code }) => ({ verdict, code })),
  };
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(work, name);
  writeFileSync(path, bytes);
  return path;
}

const CAPTURES = readdirSync(GOLDEN).filter((name) => name.startsWith("capture-"));

describe("files of a capture before and after, and its log", () => {
  for (const name of CAPTURES) {
    it(`${name}: .tgz, .zip, .tar and folder tell what the files tell`, async () => {
      const entries = entriesOf(name);
      const loose = told(collect(Object.fromEntries(entries.map(({ path, data }) => [path, data!]))));
      expect(told(collect({ "pbcap.tgz": tgz(entries) }))).toEqual(loose);
      expect(told(collect({ "bugreport.zip": zip(entries) }))).toEqual(loose);
      expect(told(await collectFiles([file(`${name}.tar`, tar(entries))]))).toEqual(loose);
      expect(told(await collectFiles([file(`${name}.tgz`, tgz(entries))]))).toEqual(loose);
      const packed = entries.map(({ path, data }) => ({ path: `${path}.gz`, data: gzipSync(data!) }));
      expect(told(await collectFiles([file(`${name}2.tgz`, tgz(packed))]))).toEqual(loose);
      const folder = join(work, name);
      cpSync(join(GOLDEN, name), folder, { recursive: true, filter: (path) => !path.endsWith(".golden") });
      expect(told(await collectFiles([folder]))).toEqual(loose);
    });
  }

  it("d3 is pinned, d5 has no target, d1 and d2 did not fail", () => {
    const verdict = (name: string) =>
      told(collect({ "a.tgz": tgz(entriesOf(name)) })).failures.map((failure) => failure.verdict);
    expect(verdict("capture-d3-cma80-dio4-pinned").every((text) => text.startsWith("PINNED"))).toBe(true);
    expect(verdict("capture-d3-cma80-dio4-pinned").length).toBeGreaterThan(0);
    expect(new Set(verdict("capture-d5-cma80-memtight-enomem"))).toEqual(new Set(["NO-MIGRATION-TARGET"]));
    expect(verdict("capture-d1-cma80-idle")).toEqual([]);
    expect(verdict("capture-d2-cma80-anon")).toEqual([]);
  });
});

const LOG = "[    1.0] cma: cma_alloc: linux,cma: alloc failed, req-size: 148 pages, ret: -16\n";
const codes = (facts: ReturnType<typeof collect>) => facts.issues.map(({ code }) => code);

describe("hostile archives", () => {
  it("paths that leave the archive are left aside, in words; absolute ones lose their slash", () => {
    for (const pack of [tar, tgz, zip]) {
      const facts = collect({
        x: pack([
          { path: "../../evil", data: LOG },
          { path: "/proc/log", data: LOG },
        ]),
      });
      expect(facts.failures.map(({ place }) => place.file)).toEqual(["x/proc/log"]);
      expect(codes(facts)).toContain("archive-path");
    }
    const name = `long/${"n".repeat(150)}/log`;
    expect(collect({ x: tar([{ path: name, data: LOG }]) }).failures[0]?.place.file).toBe(`x/${name}`);
    const odd = collect({ x: tar([{ path: "a\u001b[31m\u202eb", data: LOG }]) });
    expect(odd.failures[0]?.place.file).toBe("x/a?[31m?b");
  });

  it("links and devices bring nothing", () => {
    const facts = collect({
      x: tar([
        { path: "passwd", type: "2" },
        { path: "hard", type: "1" },
        { path: "null", type: "3" },
        { path: "log", data: LOG },
      ]),
    });
    expect(facts.failures).toHaveLength(1);
    expect(codes(facts)).toContain("archive-links");
  });

  it("a bomb ends at the ratio, in bounded memory, and what came before counts", () => {
    const zeros = new Uint8Array(ARCHIVE.ratioFrom + 2 ** 24);
    const bomb = gzipSync(zeros);
    for (const bytes of [
      tgz([
        { path: "log", data: LOG },
        { path: "b", data: zeros },
      ]),
      bomb,
    ]) {
      const facts = collect({ x: bytes });
      expect(codes(facts)).toContain("archive-limit");
      expect(facts.tables).toEqual([]);
      expect(facts.failures).toHaveLength(bytes === bomb ? 0 : 1);
    }
  });

  it("archives in archives end at the depth", () => {
    let bytes = tgz([{ path: "log", data: LOG }]);
    for (let i = 0; i < 4; i++) bytes = tgz([{ path: "inner.tgz", data: bytes }]);
    expect(codes(collect({ x: bytes }))).toContain("archive-depth");
  });

  it("too many entries end with a word", () => {
    const one = tar([{ path: "e", data: "" }]).subarray(0, 512);
    const many = Buffer.concat(Array.from({ length: ARCHIVE.entries + 10 }, () => one));
    expect(codes(collect({ x: many }))).toContain("archive-limit");
  });

  it("sizes that lie, cut archives and archives without anything of ours are said", () => {
    const lie = collect({ x: tar([{ path: "log", data: LOG.repeat(60), size: 2 ** 30 }]) });
    expect(codes(lie)).toContain("archive-damaged");
    expect(lie.failures).toHaveLength(60);
    const nothing = collect({ x: tgz([{ path: "a", data: "hello\n" }]) });
    expect(codes(nothing)).toEqual(["nothing-for-us"]);
    expect(isUsable(nothing)).toBe(true);
    expect(isUsable(collect({ x: tgz([{ path: "a", data: LOG }]).subarray(0, 30) }))).toBe(false);
  });

  it("a folder's links are not followed; one without anything of ours is said", async () => {
    const folder = join(work, "links");
    mkdirSync(join(folder, "sub"), { recursive: true });
    writeFileSync(join(work, "outside.log"), LOG);
    symlinkSync(join(work, "outside.log"), join(folder, "link.log"));
    symlinkSync(folder, join(folder, "sub", "loop"));
    expect(codes(await collectFiles([folder]))).toEqual(["empty"]);
    writeFileSync(join(folder, "sub", "note"), "hello\n");
    expect(codes(await collectFiles([folder]))).toEqual(["nothing-for-us"]);
    writeFileSync(join(folder, "sub", "log"), LOG);
    expect((await collectFiles([folder])).failures).toHaveLength(1);
  });
});

describe("files that are not read", () => {
  it.each([
    ["trace.dat", [0x17, 0x08, 0x44, ...Buffer.from("tracing6\0")], /trace-cmd report/],
    ["xz", [0xfd, ...Buffer.from("7zXZ\0\0")], /xz -d/],
    ["perfetto", [0x0a, 0x10, 0x40, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7], /traceconv/],
    ["dtb", [0xd0, 0x0d, 0xfe, 0xed, 0, 0, 1, 0], /dtc -I dtb/],
  ])("%s: said with the command that makes a text of it", (_, bytes, command) => {
    const facts = collect({ x: Uint8Array.from(bytes) });
    expect(facts.issues).toMatchObject([{ code: "not-read", severity: "error" }]);
    expect(facts.issues[0]?.message).toMatch(command);
    expect(isUsable(facts)).toBe(false);
  });
});
