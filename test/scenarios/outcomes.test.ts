// Knows: what the scenarios of the package must show when they are run on their own devices.
// Must not know: how.

import { beforeAll, describe, expect, it } from "vitest";
import { policies, policyOf } from "../../bindings/policy/index.js";
import { getScenario, parseScenario, type RunResult, scenarioText } from "../../bindings/scenario/index.js";
import { runSweepInThreads } from "../../bindings/sweep/node.js";
import { column, movableInCma, play } from "../support/play.js";

const MIB_254 = 65_024;

/** Every failure is the rolling blockade: short pins of the I/O, another page each time, none that outlives its I/O. */
function expectRolling(run: RunResult, holder: string, longestIoNs: number): void {
  expect(run.failures.length).toBeGreaterThan(0);
  for (const { request, windows, distinctBlockers, longestHeldNs, anyLongPin } of run.failures) {
    expect(request).toMatchObject({ pages: MIB_254, errno: -16 });
    expect(anyLongPin).toBe(false);
    expect(longestHeldNs).toBeLessThan(longestIoNs);
    expect(distinctBlockers).toBeGreaterThan(2);
    const held = windows.filter((window) => window.holder === holder);
    expect(held.length / windows.length).toBeGreaterThan(0.9);
    expect(held.every(({ pinKind }) => pinKind === "SHORT")).toBe(true);
  }
}

describe("lpc-acts: the four acts of the talk", () => {
  let run: RunResult;
  beforeAll(async () => {
    run = await play("lpc-acts");
  });

  it("act 1: enough free memory, no CMA page is used", () => {
    for (const second of [0.5, 1.5, 2.9]) expect(movableInCma(run)(second)).toBe(0);
  });

  it("act 2: CMA pages are used only as far as the balance rule takes them", () => {
    expect(movableInCma(run)(5.9)).toBeGreaterThan(0);
    for (const second of [4, 5, 5.9]) {
      const free = column(run, "zone.Normal.free")(second);
      const freeCma = column(run, "zone.Normal.freeCma")(second);
      // Never less than half of the free memory is left in CMA, but for what waits on per-CPU lists.
      if (movableInCma(run)(second) > 0) expect(freeCma / free).toBeGreaterThan(0.48);
    }
    expect(column(run, "area.camera.anon")(5.9)).toBe(0);
  });

  it("act 3: the camera's area fills up", () => {
    expect(movableInCma(run)(9)).toBeGreaterThan(1.5 * movableInCma(run)(5.9));
    expect(column(run, "area.camera.free")(9)).toBeLessThan(1000);
  });

  it("act 4: 254 MiB fail with -16 while no single pin is long, and succeed when the scan has ended", () => {
    const [during, after] = [true, false].map((is) =>
      run.requests.filter(({ beginNs }) => beginNs < 15e9 === is),
    );
    expect(during!.length).toBeGreaterThan(2);
    expect(new Set(during!.map(({ errno }) => errno))).toEqual(new Set([-16]));
    expect(after!.filter(({ beginNs }) => beginNs > 16e9).map(({ errno }) => errno)).toContain(0);
    expectRolling(run, "snapuserd", 100e6);
  });
});

/** The scenario with some lines of its text changed. */
async function changed(name: string, changes: readonly (readonly [string, string])[], policy = "mainline") {
  let text = scenarioText(name);
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${name} has no "${from}"`);
    text = text.replace(from, to);
  }
  const numbers = policyOf(policies.get(policy)!);
  const options = { policies: [numbers], seeds: [1], jobs: 1 };
  const { results } = await runSweepInThreads(parseScenario(text, `${name}.yaml`), options);
  return results[0]!;
}

/** While the scan runs: asked for, and had. */
function inStream({ requests }: RunResult, endNs: number) {
  const asked = requests.filter(({ beginNs, latencyNs }) => beginNs + latencyNs < endNs);
  return { asked: asked.length, had: asked.filter(({ errno }) => errno === 0).length };
}

describe("rolling-blockade, on sourced numbers", () => {
  it("under mainline nothing helps until the scan ends: each buffer is pinned again and again, no pin is long", async () => {
    const run = await play("rolling-blockade");
    const { asked, had } = inStream(run, 7.5e9);
    expect([asked > 2, had]).toEqual([true, 0]);
    expect(run.requests.at(-1)?.errno).toBe(0);
    expectRolling(run, "snapuserd", 100e6);
  });

  it("is undecided, as it says: with buffers together, two bios a read, or less memory used, nothing fails", async () => {
    expect(getScenario("rolling-blockade").validity).toMatch(
      /^UNDECIDED.*snapuserd\.ramp.*snapuserd\.bios.*resident\.anon/s,
    );
    for (const change of [
      ["ramp: 1s", "ramp: 0"],
      ["bios: 1", "bios: 2"],
      ["anon: 58%", "anon: 50%"],
    ] as const) {
      const run = await changed("rolling-blockade", [change]);
      const { asked, had } = inStream(run, 7.5e9);
      expect([change[1], asked > 2, had]).toEqual([change[1], true, asked]);
    }
  });

  it("holds 6,144 pages at once, 24 MiB, in the areas and outside", async () => {
    const run = await play("rolling-blockade", "android", 2);
    expect(column(run, "pins")(5)).toBeGreaterThan(6_144 - 512 * 2);
    expect(column(run, "pins")(5)).toBeLessThanOrEqual(6_144);
  });
});

describe("low-memory", () => {
  it("the area's guests have nowhere to go: -12, and no pin is to blame", async () => {
    const run = await play("low-memory");
    expect(run.requests.length).toBeGreaterThan(3);
    const refused = run.requests.filter(({ errno }) => errno === -12);
    expect(refused.length / run.requests.length).toBeGreaterThan(0.8);
    expect(run.requests[0]?.errno).toBe(-12);
    for (const { windows } of run.failures) {
      expect(windows.at(-1)).toMatchObject({ errno: -12, holder: "" });
      expect(windows.every(({ reason }) => reason !== "PINNED")).toBe(true);
    }
    expect(column(run, "area.linux,cma.free")(39)).toBeLessThan(76_800 * 2);
    // Somebody dies for it, and is told with the request.
    expect(run.kills.length).toBeGreaterThan(3);
    expect(run.kills.filter(({ client }) => client === "camera").length).toBeGreaterThan(0);
  });
});

describe("pcp-window", () => {
  it("freed CMA pages are picked up from per-CPU lists and pinned, though much is free; to the buddy lists: none", async () => {
    const mainline = await play("pcp-window");
    const failed = mainline.requests.filter(({ errno }) => errno === -16);
    expect(failed.length / mainline.requests.length).toBeGreaterThan(0.5);
    // The balance rule has no part in it: most of the free memory is not CMA.
    const free = column(mainline, "zone.Normal.free");
    const freeCma = column(mainline, "zone.Normal.freeCma");
    for (const second of [2, 5, 9]) expect(freeCma(second) / free(second)).toBeLessThan(0.4);
    const blockers = mainline.failures.flatMap(({ windows }) => windows.map(({ holder }) => holder));
    expect(new Set(blockers)).toContain("aio");
    expect(mainline.failures.every(({ anyLongPin }) => !anyLongPin)).toBe(true);
    const buddy = await play("pcp-window", "free-to-buddy");
    expect(buddy.failures).toEqual([]);
    expect(Math.max(...[1, 3, 5, 7, 9].map(column(buddy, "area.faprev.pinned")))).toBe(0);
  });
});

describe("ota-first-boot, on sourced numbers", () => {
  it("plays its steps, and the request does not fail", async () => {
    const run = await play("ota-first-boot");
    // 1: three streams of 6, 12 and 6 MiB; 2: unmovable cache; 3: movable pages in CMA; 5: reclaim had begun.
    expect(column(run, "pins")(1)).toBeGreaterThan(4_000);
    expect(column(run, "pins")(5)).toBeLessThan(1_537 + 10_000);
    expect(movableInCma(run)(1)).toBe(0);
    expect(column(run, "area.camera.anon")(5)).toBeGreaterThan(10_000);
    expect(column(run, "reclaimed")(8)).toBeGreaterThan(100_000);
    expect(run.requests.length).toBeGreaterThan(3);
    expect(run.requests.every(({ errno }) => errno === 0)).toBe(true);
  });

  const read = (time: string) =>
    ["10ms", "18ms", "18ms"].map((was) => [`service: ${was}`, `service: ${time}`] as const);
  it.each([
    ["3 ms a read", read("3ms")],
    ["40 ms a read", read("40ms")],
    ["2 GiB of cache", [["cache: 3500MiB", "cache: 2GiB"] as const]],
    ["5 GiB of cache", [["cache: 3500MiB", "cache: 5GiB"] as const]],
  ])("is not turned by %s, as it says", async (_, changes) => {
    const { requests } = await changed("ota-first-boot", changes);
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.every(({ errno, missedDeadline }) => errno === 0 && !missedDeadline)).toBe(true);
  });
});

describe("camera-cold", () => {
  it("file system metadata that came into the area is in the way for seconds; else it is a matter of migration", async () => {
    // With some seeds no page of metadata happens to come into the area.
    const run = await play("camera-cold", "mainline", 2);
    expect(run.requests.some(({ errno }) => errno === 0)).toBe(true);
    const failed = run.failures;
    expect(failed.length).toBeGreaterThan(0);
    for (const { windows, anyLongPin, request } of failed) {
      expect(request.errno).toBe(-16);
      expect(anyLongPin).toBe(true);
      expect(windows.some(({ holder }) => holder === "metadata")).toBe(true);
    }
  });
});

describe("tv-streams", () => {
  it("no window of a buffer is free of what a file system holds as long as it is mounted", async () => {
    const run = await play("tv-streams");
    // Before the stream begins the area is used for other things.
    expect(column(run, "area.linux,cma.free")(24)).toBeLessThan(30_000);
    expect(run.requests.every(({ beginNs }) => beginNs >= 25e9)).toBe(true);
    const failed = run.failures.filter(({ request }) => request.errno === -16);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every(({ anyLongPin }) => anyLongPin)).toBe(true);
    expect(run.requests.some(({ errno }) => errno === 0)).toBe(true);
  });
});

describe("gpu-bursts", () => {
  it("buffers of very different sizes come and go; most succeed, some find no window", async () => {
    const run = await play("gpu-bursts");
    const sizes = run.requests.map(({ pages }) => pages);
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeGreaterThan(4);
    const succeeded = run.requests.filter(({ errno }) => errno === 0).length;
    expect(succeeded / run.requests.length).toBeGreaterThan(0.7);
    expect(column(run, "migrated")(59)).toBeGreaterThan(10_000);
  });
});

describe("gpu-thp", () => {
  it("large pages make no buffer fail: those that find no target are split", async () => {
    const run = await play("gpu-thp");
    const failed = run.requests.filter(({ errno }) => errno !== 0);
    expect(run.requests.length - failed.length).toBeGreaterThan(25);
    // What fails finds no window: other buffers have the area.
    expect(failed.every(({ windows }) => windows === 0)).toBe(true);
    expect(Math.max(...run.requests.map(({ pagesMigrated }) => pagesMigrated))).toBeGreaterThan(10_000);
  });
});

describe("nxp-fragmented", () => {
  it("456 pages aligned to 256 fit nowhere, although nearly all of the area is free: holes of 255", async () => {
    const run = await play("nxp-fragmented");
    const vpu = run.requests.filter(({ client }) => client === "vpu");
    const failed = vpu.filter(({ errno }) => errno !== 0);
    expect(vpu.some(({ errno }) => errno === 0)).toBe(true);
    expect(failed.length).toBeGreaterThan(3);
    const [area] = run.areas;
    for (const { errno, windows, beginNs } of failed) {
      // Not one window was tried: none fits.
      expect([errno, windows]).toEqual([-12, 0]);
      const allocated = column(run, "area.linux,cma.cma")(beginNs / 1e9);
      expect(allocated).toBeLessThan(0.02 * (area?.pages ?? 0));
    }
  });
});

describe("cma-idle-utilisation", () => {
  it("original: kswapd reclaims while the area stays empty; the half rule uses it", async () => {
    const pages = 65_536;
    const original = await play("cma-idle-utilisation", "original");
    expect(column(original, "area.linux,cma.free")(39)).toBeGreaterThan(0.95 * pages);
    expect(column(original, "reclaimed")(39)).toBeGreaterThan(pages);
    const mainline = await play("cma-idle-utilisation");
    expect(column(mainline, "area.linux,cma.free")(39)).toBeLessThan(0.3 * pages);
    expect(column(mainline, "reclaimed")(39)).toBeLessThan(column(original, "reclaimed")(39));
  });
});
