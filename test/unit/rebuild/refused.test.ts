// Knows: which files cannot become a state, what is said of them, and that nothing is built before it is said.
// Must not know: how states are built.

import { beforeAll, describe, expect, it } from "vitest";
import { collect } from "../../../bindings/importers/collect.js";
import { DebugTree } from "../../../bindings/kernel_text/tree/index.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { buildState } from "../../../bindings/rebuild/index.js";

let files: { zoneinfo: string; pagetypeinfo: string };

beforeAll(async () => {
  using machine = await Machine.create("tiny");
  const tree = new DebugTree(machine);
  files = { zoneinfo: tree.read("zoneinfo"), pagetypeinfo: tree.read("pagetypeinfo") };
});

const build = (name: string, text: string) => () => buildState(collect({ [name]: text }), {});

describe("refused, with the name of the only file", () => {
  it("a file that tells nothing of the kind", () => {
    expect(build("notes.txt", "hello\n")).toThrow(
      /^notes\.txt: no file says how many blocks are free; expected/,
    );
  });

  it("zones of more frames than can be modelled", () => {
    const text = files.zoneinfo.replace(/spanned {2}12288/, "spanned  8796099311616") + files.pagetypeinfo;
    expect(build("moment.txt", text)).toThrow(
      /^moment\.txt: the zones span 8796\d+ frames; expected at most/,
    );
  });

  it("more pages managed than present", () => {
    const text = files.zoneinfo.replace(/present {2}12288/, "present  17") + files.pagetypeinfo;
    expect(build("moment.txt", text)).toThrow(
      /^moment\.txt: zone DMA32 has \d+ managed, 17 present, 12288 spanned/,
    );
  });

  it("many files have no name of their own", () => {
    const { zoneinfo } = files;
    expect(() => buildState(collect({ a: zoneinfo, b: "x" }), {})).toThrow(/^state: no file says/);
  });
});

it("the same files, not edited, are a state", () => {
  expect(build("moment.txt", files.zoneinfo + files.pagetypeinfo)().state.zones).toHaveLength(2);
});
