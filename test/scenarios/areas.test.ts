// Knows: what must come of the scenarios in which it matters whose an area's pages are: the television of 2015, an area taken
// whole, gigantic pages, a crash kernel. Must not know: how.

import { beforeAll, describe, expect, it } from "vitest";
import { parseScenario, type RunResult, scenarioText } from "../../bindings/scenario/index.js";
import { column, play } from "../support/play.js";

const refaults = ({ totals }: RunResult) => (totals["refaultsFile"] ?? 0) + (totals["refaultsAnon"] ?? 0);
const failures = ({ requests }: RunResult) => requests.filter(({ errno }) => errno !== 0);

describe("tv-case: the television of LSFMM 2015", () => {
  const runs = new Map<string, RunResult>();
  const run = (policy: string) => runs.get(policy)!;
  const idle = (policy: string) => column(run(policy), "area.linux,cma.free")(19.5);
  beforeAll(async () => {
    for (const policy of ["original", "mainline", "zone-cma", "gcma"])
      runs.set(policy, await play("tv-case", policy));
  });

  it("without a stream the original rule leaves the area empty, and ZONE_CMA nothing of it", () => {
    expect(idle("original")).toBeGreaterThan(60_000);
    expect(idle("mainline")).toBeLessThan(idle("original") / 2);
    expect(idle("zone-cma")).toBeLessThan(idle("mainline") / 4);
  });

  it("so that twice as much is read again under the original rule as under the other two", () => {
    expect(refaults(run("original"))).toBeGreaterThan(2 * refaults(run("mainline")));
    expect(refaults(run("original"))).toBeGreaterThan(2 * refaults(run("zone-cma")));
  });

  it("the stream gets every buffer but under the half rule, which has lent frames to a file system for good", () => {
    for (const policy of ["original", "zone-cma", "gcma"]) expect(failures(run(policy))).toEqual([]);
    const failed = failures(run("mainline"));
    expect(failed.length).toBeGreaterThan(10);
    expect(run("mainline").failures.every(({ anyLongPin }) => anyLongPin)).toBe(true);
  });

  it("what is lent has to be moved: ZONE_CMA moves as much as the half rule, guaranteed CMA nothing", () => {
    const moved = (policy: string) => column(run(policy), "migrated")(39.5);
    expect(moved("zone-cma")).toBeGreaterThan(moved("mainline") / 2);
    expect([moved("original"), moved("gcma")]).toEqual([0, 0]);
  });
});

describe("area-whole: an area that is taken whole", () => {
  it("has one window: a page in the way refuses it, whatever else is free", async () => {
    const run = await play("area-whole");
    expect(run.requests.length).toBeGreaterThan(5);
    expect(failures(run).length).toBeGreaterThan(0);
    expect(run.requests.every(({ windows, pages }) => windows === 1 && pages === 65_536)).toBe(true);
    expect(run.failures.every(({ anyLongPin }) => !anyLongPin)).toBe(true);
  });

  it("is served by who waits for that page, and by an area that lends nothing that can be held", async () => {
    const plain = failures(await play("area-whole")).length;
    expect(failures(await play("area-whole", "wait-refs")).length).toBeLessThan(plain / 2);
    expect(failures(await play("area-whole", "gcma"))).toEqual([]);
  });
});

describe("hugetlb-cma: gigantic pages out of an area", () => {
  it("each is a window of its own size, and what lay there is moved for it", async () => {
    const run = await play("hugetlb-cma");
    expect(run.requests.length).toBeGreaterThan(3);
    for (const { errno, pages, align, windows } of run.requests)
      expect([errno, pages, align, windows]).toEqual([0, 2 ** 18, 18, 1]);
    expect(column(run, "migrated")(39.5)).toBeGreaterThan(50_000);
  });
});

describe("crash-cma: the area of a crash kernel", () => {
  it("devices still write to it at the crash, and no longer after ten seconds", async () => {
    const [now] = (await play("crash-cma")).requests;
    expect(now).toMatchObject({ errno: -16, client: "kdump" });
    const [after] = (await play("crash-cma", "crash-wait")).requests;
    expect(after!.errno).toBe(0);
    expect(after!.latencyNs).toBeGreaterThan(100e6);
    expect(after!.latencyNs).toBeLessThan(10e9);
  });

  it("ten seconds are too few for an I/O that its device has to be reset for (30 s)", async () => {
    const text = scenarioText("crash-cma").replace(
      "service: 1s, service-spread: exponential",
      "service: 30s",
    );
    expect(text).toContain("service: 30s");
    const [request] = (await play(parseScenario(text), "crash-wait")).requests;
    expect(request!.errno === 0 && request!.latencyNs < 10e9).toBe(false);
  });
});
