// Knows: what a kernel makes of reservations as people write them, and why one was not followed.
// Must not know: how sources are read.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runSize } from "../../../bindings/cli/size.js";
import { explain } from "../../../bindings/explain/index.js";
import { checkTree } from "../../../bindings/explain/reservation/index.js";
import { collect } from "../../../bindings/importers/collect.js";
import { deviceTreeOf, parseBuffers, sizeForPicture } from "../../../bindings/size/index.js";

const work = mkdtempSync(join(tmpdir(), "pageblock-tree-"));
afterEach(() => vi.restoreAllMocks());

interface Tree {
  readonly root?: string;
  readonly cells?: string;
  readonly ranges?: string;
  readonly body?: string;
}

/** A tree that works on an arm64 with 4 KiB pages, but for what is given. */
function tree({ root = "<2>", cells = "<2>", ranges = "ranges;", body = "" }: Tree): string {
  const has = (property: string) => new RegExp(`(^|\\s)${property}\\b`).test(body);
  return `/dts-v1/;
/ {
	#address-cells = ${root};
	#size-cells = ${root};
	reserved-memory {
		#address-cells = ${cells};
		#size-cells = ${cells};
		${ranges}
		/* the camera's; size = <0x1>; } */
		cma: linux,cma {
			${has("compatible") ? "" : 'compatible = "shared-dma-pool";'}
			reusable;
			${has("size") || has("reg") ? "" : "size = <0x0 0x10000000>;"}
			${body}
			linux,cma-default; // the default
		};
		optee@43200000 { reg = <0x0 0x43200000 0x0 0x00c00000>; no-map; };
	};
};
`;
}

const check = (text: string, pageSize = 4096) => checkTree(collect({ "board.dts": text }).trees, pageSize);
const errors = (text: string, pageSize = 4096) =>
  check(text, pageSize).flatMap(({ problems }) => problems.filter(({ severity }) => severity === "error"));

describe("a device tree's reservation", () => {
  it("works where it is right, at each page size", () => {
    expect(check(tree({}))).toMatchObject([
      { bytes: 2 ** 28, problems: [], node: { name: "linux,cma", cmaDefault: true } },
    ]);
    expect(errors(tree({}), 16384)).toEqual([]);
    expect(errors(tree({}), 65536)[0]?.message).toMatch(/256 MiB is no multiple of 512 MiB/);
    expect(errors(tree({}), 65536)[0]?.write).toBe("size = <0x0 0x20000000>;");
  });

  it.each([
    ["one cell where two are", { body: "size = <0x10000000>;" }, /1 cells, #size-cells is 2.*invalid size/],
    ["a size of odd megabytes", { body: "size = <0x0 0x0f500000>;" }, /245 MiB is no multiple of 2 MiB/],
    ["no ranges", { ranges: "" }, /no "ranges"/],
    ["cells unlike the root's", { root: "<1>", body: "size = <0x0 0x10000000>;" }, /unsupported node format/],
    ["no-map", { body: "no-map;" }, /no-map/],
    ["another compatible", { body: 'compatible = "ion-region";' }, /only a shared-dma-pool/],
    ["disabled", { body: 'status = "disabled";' }, /passed over/],
    [
      "a narrow alloc-range",
      { body: "alloc-ranges = <0x0 0x40000000 0x0 0x08000000>;" },
      /holds 128 MiB.*failed to allocate/,
    ],
    [
      "half an alloc-range",
      { body: "alloc-ranges = <0x0 0x40000000 0x0>;" },
      /3 cells, pairs of address and size have 4/,
    ],
    [
      "a base off the border",
      { body: "reg = <0x0 0x40100000 0x0 0x10000000>;" },
      /0x40100000.*no multiple of 2 MiB/,
    ],
    ["an alignment of 3 MiB", { body: "alignment = <0x0 0x300000>;" }, /no power of two/],
    [
      "an alloc-range lost to the alignment",
      {
        body: "size = <0x0 0x8000000>; alignment = <0x0 0x8000000>; alloc-ranges = <0x0 0x41000000 0x0 0x0a000000>;",
      },
      /failed to allocate/,
    ],
  ])("cannot work with %s", (_, spec, message) => {
    const found = errors(tree(spec));
    expect(found.map((problem) => problem.message).join("\n")).toMatch(message);
  });

  it("2 MiB and a half of a pageblock work on some kernels only", () => {
    const [only] = check(tree({ body: "size = <0x0 0x200000>;" }));
    expect(only?.problems).toMatchObject([{ severity: "warning", write: "size = <0x0 0x400000>;" }]);
  });

  it("reads what the package itself writes, and SZ_ macros, and overlays", () => {
    expect(check(deviceTreeOf(2 ** 28, 2 ** 22))).toMatchObject([{ bytes: 2 ** 28, problems: [] }]);
    expect(check(tree({ body: "size = <0 SZ_64M>;" }))[0]?.bytes).toBe(2 ** 26);
    expect(
      check(
        '&reserved_memory {\n  linux,cma {\n compatible = "shared-dma-pool"; reusable;\n size = <0x8000000>;\n linux,cma-default;\n };\n};\n',
      ),
    ).toMatchObject([{ bytes: 2 ** 27, problems: [] }]);
  });

  it("no source makes it throw", () => {
    const words = [
      "/ {",
      "reserved-memory {",
      "linux,cma {",
      "};",
      "size = <",
      ">;",
      "0x10",
      '"',
      "/*",
      "*/",
      "//",
      ";",
      "ranges;",
      "reg = <0 1 2>;",
      "\n",
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...words), { maxLength: 60 }),
        fc.constantFrom(4096, 16384, 65536),
        (parts, size) => {
          check(`reserved-memory {\n${parts.join(" ")}`, size);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("why a reservation was not followed", () => {
  const found = (text: string) =>
    explain(collect({ log: text })).findings.map(
      ({ message, evidence, remedies }) => `${message} ${[...evidence, ...remedies].join(" ")}`,
    );

  it("cma= on the command line replaces the overlay's", () => {
    const text =
      "[all]\ndtoverlay=vc4-kms-v3d,cma-512\nKernel command line: root=/dev/mmcblk0p2 cma=64M\nCmaTotal:          65536 kB\nCmaFree:           20000 kB\n";
    expect(found(text).join("\n")).toMatch(
      /dtoverlay=vc4-kms-v3d,cma-512 asked for 512 MiB; CMA has 64 MiB. proved: cma=.*take cma= off/,
    );
  });

  it("a section of another model is likely", () => {
    expect(found("[pi5]\ndtoverlay=vc4-kms-v3d,cma-512\nCmaTotal:          65536 kB\n").join("\n")).toMatch(
      /likely: the line stands below \[pi5\]/,
    );
  });

  it("followed wishes are no finding", () => {
    expect(found("dtoverlay=vc4-kms-v3d,cma-64\nCmaTotal:          65536 kB\n")).toEqual([]);
  });

  it("a bare /proc/cmdline counts as one", () => {
    const facts = collect({ cmdline: "console=ttyS0 root=/dev/sda1 cma=256M quiet\n" });
    expect(facts.reservations).toMatchObject([{ kind: "cmdline", bytes: 2 ** 28 }]);
    expect(
      collect({ prose: "I have set cma=256M and console=tty1; it did not help me at all\n" }).reservations,
    ).toEqual([]);
  });
});

describe("pageblock size", () => {
  const file = (text: string) => {
    const path = join(work, "board.dts");
    writeFileSync(path, text);
    return path;
  };

  it("--device-tree: 0 works, 1 cannot or is too small, 3 without an area", async () => {
    const out: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
    expect(await runSize({ deviceTree: file(tree({})) })).toBe(0);
    expect(await runSize({ deviceTree: file(tree({})), pageSize: "64K" })).toBe(1);
    expect(out.at(-1)).toMatch(/^The kernel will not make this reservation: one mistake\./);
    expect(await runSize({ deviceTree: file(tree({})), buffer: ["18x3840x2160xNV12"] })).toBe(0);
    expect(await runSize({ deviceTree: file(tree({})), buffer: ["40x3840x2160xNV12"] })).toBe(1);
    expect(out.at(-1)).toMatch(/too small: 256 MiB/);
    expect(await runSize({ deviceTree: file("hello\n") })).toBe(3);
  });
});

describe("size from a log", () => {
  const LINE = "cma: cma_alloc: alloc failed, req-size: 2048 pages, ret: -12\n";
  const answer = (text: string, beside: string[] = []) =>
    sizeForPicture(collect({ log: text }), 4096, parseBuffers(beside, 4096))!;

  it("names no cma= where the area's size is unknown", () => {
    expect(answer(LINE)).toMatchObject({ isIncrease: true, cmdline: "+12 MiB" });
    expect(answer(`${LINE}CmaTotal:         262144 kB\n`)).toMatchObject({
      isIncrease: false,
      cmdline: "cma=268M",
    });
  });

  it("never answers below the area that the log shows, with buffers beside it or not", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 4, max: 2000 }),
        fc.boolean(),
        (pages, mib, debug) => {
          const request = debug
            ? `cma: cma_alloc(cma 00000000, name: reserved, count ${pages}, align 8)\n`
            : `cma: cma_alloc: alloc failed, req-size: ${pages} pages, ret: -12\n`;
          const text = `${request}CmaTotal:  ${mib * 1024} kB\n`;
          const alone = answer(text).recommended.bytes;
          expect(alone).toBeGreaterThanOrEqual(mib * 2 ** 20);
          expect(answer(text, ["3x8M"]).recommended.bytes).toBeGreaterThanOrEqual(
            alone + (debug ? 0 : 3 * 2 ** 23),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("multi-planar formats are one buffer for each plane; codecs' padding is said", () => {
    expect(parseBuffers(["4x1920x1088xNV12M"], 4096)).toMatchObject([
      { label: "1920x1088xNV12M plane 0", count: 4, pages: 510 },
      { label: "1920x1088xNV12M plane 1", count: 4, pages: 255 },
    ]);
    expect(parseBuffers(["1920x1080xYUV422"], 4096)).toMatchObject([{ pages: 1013 }]);
    const [note] = answer(LINE, ["1920x1080xNV12"]).notes;
    expect(note).toMatch(/1920x1088xNV12 \(765 pages each instead of 760\)/);
    expect(answer(LINE, ["1920x1088xNV12", "1920x1080xXRGB8888"]).notes).toEqual([]);
  });
});
