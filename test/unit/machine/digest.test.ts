// Knows: that the digest covers each word of the state by its name, wherever the word stands, and that digests stay what they are.
// Must not know: how it is computed.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { CellWord, SimulationWord } from "../../../assembly/abi/run.js";
import { ActorWord, Counter } from "../../../assembly/abi/simulation.js";
import {
  AreaWord,
  ConfigWord,
  LevelWord,
  PcpWord,
  RangeWord,
  RequestWord,
  StatWord,
  ZoneWord,
} from "../../../assembly/abi/words.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { crowded } from "../simulation/machines.js";

const FIELDS = new URL("../../../assembly/audit/fields.ts", import.meta.url);
const SOURCE = readFileSync(FIELDS, "utf8");

/** Each record, and the words that are no part of the state. */
const RECORDS: [string, Record<string, string | number>, RegExp][] = [
  [
    "ConfigWord",
    ConfigWord,
    /^(RULE_\w+|CMA_BITMAP_WORDS|CMA_RANGES|SEARCH_STRATEGY|SLOTS|RECORD|EVENT_SLOTS|QUEUE_SLOTS|CELLS)$/,
  ],
  ["ZoneWord", ZoneWord, /^$/],
  ["PcpWord", PcpWord, /^$/],
  ["AreaWord", AreaWord, /^$/],
  ["RangeWord", RangeWord, /^(BITMAP|INDEX)$/],
  ["RequestWord", RequestWord, /^EXAMINED$/],
  [
    "SimulationWord",
    SimulationWord,
    /^(MOST_PENDING|BEGUN|LOGGED|SPENT_\w+|PAID_\w+|TOUCHED|SHORT_(?!OF_MEMORY)\w+)$/,
  ],
  ["ActorWord", ActorWord, /^$/],
  ["CellWord", CellWord, /^$/],
  ["Counter", Counter, /^$/],
];

function names(words: Record<string, string | number>): string[] {
  return Object.keys(words).filter((name) => Number.isNaN(Number(name)) && name !== "COUNT");
}

describe("the digest names its fields", () => {
  it.each(RECORDS)("%s: each word is covered or left out on purpose", (record, words, left) => {
    const covered = new Set(
      [...SOURCE.matchAll(new RegExp(`\\b${record}\\.(\\w+)`, "g"))].map(([, name]) => name),
    );
    expect(names(words).filter((name) => !covered.has(name) && !left.test(name))).toEqual([]);
    expect([...covered].filter((name) => left.test(name ?? ""))).toEqual([]);
  });

  it("none twice, and of all levels the clock alone", () => {
    const fields = [...SOURCE.matchAll(/^ {2}(\w+\.\w+(?: \+ \d+)?),/gm)].map(([, field]) => field);
    expect(fields.length).toBeGreaterThan(150);
    expect(new Set(fields).size).toBe(fields.length);
    expect([...SOURCE.matchAll(/(?:Stat|Level|Scratch)Word\.(\w+)/g)].map(([, name]) => name)).toEqual([
      "CLOCK_LOW",
      "CLOCK_HIGH",
    ]);
    expect(LevelWord.CLOCK_HIGH).toBe(LevelWord.CLOCK_LOW + 1);
  });

  it("a changed word of the state changes it; one that is left out does not", async () => {
    using machine = await Machine.create("tiny");
    const before = machine.digest();
    const tried: [Region, number, boolean][] = [
      [Region.ZONES, ZoneWord.COUNT + ZoneWord.WATERMARK_BOOST, true],
      [Region.ZONES, ZoneWord.COUNT + ZoneWord.COMPACT_FREE, true],
      [Region.PCPS, PcpWord.COUNT + PcpWord.FREE_COUNT, true],
      [Region.AREAS, AreaWord.RELEASE_PAGES_SUCCESS, true],
      [Region.CONFIG, ConfigWord.SWAPPINESS, true],
      [Region.CONFIG, ConfigWord.RULE_MIGRATION, false],
      [Region.CONFIG, ConfigWord.RECORD, false],
      [Region.STATS, StatWord.ALLOCATIONS, false],
    ];
    for (const [region, word, covered] of tried) {
      const words = machine.engine.words(region);
      const value = words[word] ?? 0;
      words[word] = value + 1;
      expect(machine.digest() !== before, `${Region[region]} ${word}`).toBe(covered);
      words[word] = value;
    }
    expect(machine.digest()).toBe(before);
  });
});

describe("digests stay: these change only with what a machine does, and then the changelog says so", () => {
  it.each([
    ["tiny", "826f532cb76e3805"],
    ["imx8-1g", "7ac67b98bcaaa51d"],
    ["tablet-8g", "b0d06547a6ca0af7"],
  ])("%s, aged", async (device, digest) => {
    using machine = await Machine.create(device);
    machine.churn({ steps: 20_000, seed: 7 });
    expect(machine.digest()).toBe(digest);
  });

  it("a crowded simulation", async () => {
    const simulation = await crowded();
    simulation.run(200e6);
    expect(simulation.digest()).toBe("25799295152abe87");
    simulation.dispose();
  });
});
