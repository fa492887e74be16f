// Knows: that what a machine did, exported as a device's log, files and trace, leads explain to the cause that the
// machine knows: for each kind of failure, on each kernel that can have it.
// Must not know: how a format is written or read.

import { describe, expect, it } from "vitest";
import { BlockReason, RequestState } from "../../../../assembly/abi/findings.js";
import { CmaErrorRule, CmaLockRule, Errno, PinKind } from "../../../../assembly/abi/vocabulary.js";
import { explain, type Verdict } from "../../../../bindings/explain/index.js";
import { collect } from "../../../../bindings/importers/collect.js";
import {
  bootLines,
  recordTrace,
  toDmesg,
  toFiles,
  toFtrace,
  toPageOwner,
} from "../../../../bindings/kernel_text/trace/index.js";
import { DebugTree } from "../../../../bindings/kernel_text/tree/index.js";
import type { CmaResult } from "../../../../bindings/machine/cma.js";
import type { Machine } from "../../../../bindings/machine/machine.js";
import {
  AREA,
  BASE,
  END,
  KERNELS,
  type Kernel,
  place,
  placeAll,
  type SmallOptions,
  START,
  settle,
  small,
} from "../../../cma/small.js";

const SECOND = 1e9;

/** A run that is being recorded: virtual time goes on, failures are written to the log as they happen. */
class Scene {
  readonly recorder: ReturnType<typeof recordTrace>;
  readonly results: CmaResult[] = [];
  #log: string;
  #now = 5 * SECOND;

  constructor(readonly machine: Machine) {
    this.#log = bootLines(machine);
    this.recorder = recordTrace(machine);
    this.wait(0);
  }

  wait(seconds: number): void {
    this.#now += seconds * SECOND;
    this.machine.setClock(this.#now);
  }

  take(result: CmaResult | undefined, pages: number): CmaResult {
    if (result === undefined) throw new Error("the request is not done");
    expect(this.recorder.poll(), "events lost").toBe(0);
    this.results.push(result);
    if (!result.ok) {
      const { errno } = result;
      this.#log += toDmesg(this.machine, { area: AREA, pages, errno, nanoseconds: this.#now });
    }
    return result;
  }

  ask(pages: number, align = 0): CmaResult {
    return this.take(this.machine.cma.allocate({ area: AREA, pages, align }), pages);
  }

  /** What a device would show: only what its kernel writes. */
  files(withOwners = false): Record<string, string> {
    return {
      "dmesg.txt": this.#log,
      "trace.txt": toFtrace(this.recorder.finish()),
      ...toFiles(new DebugTree(this.machine)),
      ...(withOwners ? { "page_owner.txt": toPageOwner(this.machine) } : {}),
    };
  }
}

const VARIANTS = [...KERNELS, "6.15"] as const;
type Variant = (typeof VARIANTS)[number];

/** 6.15 is 6.12 with another first error. */
async function scene(variant: Variant, { rules, ...options }: SmallOptions = {}): Promise<Scene> {
  const newer = variant === "6.15" ? { cmaError: CmaErrorRule.STARTS_EBUSY } : {};
  const kernel: Kernel = variant === "6.15" ? "6.12" : variant;
  return new Scene(await small(kernel, { eventRing: 2 ** 16, rules: { ...newer, ...rules }, ...options }));
}

function verdictsOf(files: Record<string, string>): { failures: Verdict[]; findings: Verdict[] } {
  const { failures, findings } = explain(collect(files));
  return {
    failures: failures.map(({ verdict }) => verdict),
    findings: findings.map(({ verdict }) => verdict),
  };
}

const reasons = ({ windows }: CmaResult) => windows.map(({ reason }) => reason);

describe.each(VARIANTS)("exported and explained, %s", (kernel) => {
  const noWindow = kernel === "6.15" ? Errno.EBUSY : Errno.ENOMEM;

  it("EXHAUSTED: fewer pages are free than asked for", async () => {
    const run = await scene(kernel);
    expect(run.ask(200).ok).toBe(true);
    expect(run.ask(100)).toMatchObject({ errno: noWindow, windowsTried: 0 });
    expect(verdictsOf(run.files()).failures).toEqual(["EXHAUSTED"]);
  });

  it("FRAGMENTED: no run is long enough", async () => {
    const run = await scene(kernel, { areas: [{ set: [100, 200].map((start) => ({ start, length: 1 })) }] });
    expect(run.ask(120)).toMatchObject({ errno: noWindow, windowsTried: 0 });
    expect(verdictsOf(run.files()).failures).toEqual(["FRAGMENTED"]);
  });

  it("ALIGNMENT: a run is long enough, but not from an aligned place", async () => {
    const run = await scene(kernel, { areas: [{ set: [0, 128].map((start) => ({ start, length: 1 })) }] });
    expect(run.ask(100, 7)).toMatchObject({ errno: noWindow, windowsTried: 0 });
    expect(verdictsOf(run.files()).failures).toEqual(["ALIGNMENT"]);
  });

  it("IMPOSSIBLE: the area begins where no window of this alignment does", async () => {
    const run = await scene(kernel, { areas: [{ basePfn: BASE + 64, count: 192 }] });
    expect(run.ask(150, 7)).toMatchObject({ errno: noWindow, windowsTried: 0 });
    expect(verdictsOf(run.files()).failures).toEqual(["IMPOSSIBLE"]);
  });

  it("PINNED-LONG: the same page in every attempt, over a long time", async () => {
    const run = await scene(kernel);
    place(run.machine, BASE + 128, "file");
    run.machine.pin(BASE + 128, { kind: PinKind.SHORT });
    for (let attempt = 0; attempt < 4; attempt++) {
      const result = run.ask(200);
      expect(result.errno).toBe(Errno.EBUSY);
      expect(new Set(reasons(result))).toEqual(new Set([BlockReason.PINNED]));
      run.wait(5);
    }
    expect(verdictsOf(run.files()).failures).toEqual(Array(4).fill("PINNED-LONG"));
  });

  it("PINNED-ROLLING: another page in each attempt", async () => {
    const run = await scene(kernel);
    for (let attempt = 0; attempt < 4; attempt++) {
      const pfn = BASE + 120 + attempt;
      place(run.machine, pfn, "file");
      run.machine.pin(pfn, { kind: PinKind.SHORT });
      expect(run.ask(200).errno).toBe(Errno.EBUSY);
      run.machine.unpin(pfn);
      run.machine.release(pfn);
      run.wait(0.1);
    }
    expect(verdictsOf(run.files()).failures).toEqual(Array(4).fill("PINNED-ROLLING"));
  });

  it("PINNED-ROLLING: pins come and go while the request is under way", async () => {
    const run = await scene(kernel);
    for (let attempt = 0; attempt < 3; attempt++) {
      const pages = 200;
      const request = run.machine.cma.begin({ area: AREA, pages });
      // Before each window a page of the middle is faulted in, and in the middle of an I/O until the window is given up.
      for (let window = 0; request.result === undefined; window++) {
        const pfn = place(run.machine, BASE + 60 + ((attempt * 31 + window * 7) % 140), "anon");
        run.machine.pin(pfn, { kind: PinKind.SHORT });
        request.runUntil(RequestState.TEST);
        request.step();
        run.machine.unpin(pfn);
        run.wait(0.01);
        if (request.state === RequestState.SEARCH && window >= 56) request.step();
      }
      expect(run.take(request.result, pages)).toMatchObject({ errno: Errno.EBUSY });
      run.wait(1);
    }
    expect(verdictsOf(run.files()).failures).toEqual(Array(3).fill("PINNED-ROLLING"));
  });

  it("UNMOVABLE-IN-CMA: a kernel page sits in the area", async () => {
    const run = await scene(kernel);
    place(run.machine, BASE + 128, "kernel");
    const result = run.ask(200);
    expect(result.errno).toBe(Errno.EBUSY);
    expect(reasons(result)[0]).toBe(BlockReason.UNMOVABLE);
    expect(verdictsOf(run.files(true)).failures).toEqual(["UNMOVABLE-IN-CMA"]);
  });

  it("NO-MIGRATION-TARGET: a page could move, and there is nowhere to", async () => {
    const run = await scene(kernel);
    placeAll(run.machine, BASE, BASE + 8, "anon");
    settle(run.machine);
    placeAll(run.machine, START, BASE, "kernel");
    placeAll(run.machine, BASE + 150, END, "kernel");
    const result = run.ask(150);
    expect(result.errno).toBe(Errno.ENOMEM);
    expect(reasons(result)).toEqual([BlockReason.NO_TARGET]);
    expect(verdictsOf(run.files()).failures).toEqual(["NO-MIGRATION-TARGET"]);
  });

  it("KILLED: a fatal signal", async () => {
    const run = await scene(kernel);
    placeAll(run.machine, BASE, BASE + 100, "file");
    const request = run.machine.cma.begin({ area: AREA, pages: 200 });
    request.runUntil(RequestState.SCAN);
    run.take(request.kill(), 200);
    expect(request.result?.errno).toBe(Errno.EINTR);
    expect(verdictsOf(run.files()).failures).toEqual(["KILLED"]);
  });

  it("ISOLATION-COLLISION: two requests meet in a pageblock", async () => {
    const run = await scene(kernel, { rules: { cmaLock: CmaLockRule.NONE }, areas: [{ count: 64 }] });
    const first = run.machine.cma.begin({ area: AREA, pages: 36, align: 0 });
    first.runUntil(RequestState.SCAN);
    const second = run.machine.cma.begin({ area: AREA, pages: 20 });
    run.wait(0.001);
    const result = run.take(second.run(), 20);
    expect(result.errno).toBe(Errno.EBUSY);
    expect(new Set(reasons(result))).toEqual(new Set([BlockReason.ISOLATED_BY_OTHER]));
    expect(first.run().ok).toBe(true);
    expect(verdictsOf(run.files()).failures).toEqual(["ISOLATION-COLLISION"]);
  });

  it("BENIGN: busy windows, and the request is served in the end", async () => {
    const run = await scene(kernel);
    place(run.machine, BASE + 20, "file");
    run.machine.pin(BASE + 20, { kind: PinKind.SHORT });
    expect(run.ask(100)).toMatchObject({ ok: true });
    expect(run.results[0]?.busyRetries).toBeGreaterThan(0);
    const { failures, findings } = verdictsOf(run.files());
    expect(failures).toEqual([]);
    expect(findings).toContain("BENIGN");
  });
});

it("canary: without the trace the two kinds of pins cannot be told apart", async () => {
  const run = await scene("6.12");
  place(run.machine, BASE + 128, "file");
  run.machine.pin(BASE + 128);
  run.ask(200);
  const { "trace.txt": _, ...others } = run.files();
  expect(verdictsOf(others).failures).not.toContain("PINNED-LONG");
});
