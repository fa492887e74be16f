// Knows: that passing over plain lines of a kernel log changes no fact, whatever stands around them.
// Must not know: what a line means.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Collector } from "../../../bindings/importers/collect.js";
import type { Facts } from "../../../bindings/importers/facts.js";
import { isPlain } from "../../../bindings/importers/plain.js";
import { SAMPLES } from "./samples.js";
import { between, oneOf, random } from "./variants.js";

const GOLDEN = new URL("../../golden/", import.meta.url);

function texts(): string[] {
  const found = Object.values(SAMPLES);
  for (const folder of ["faults/", "posts/"])
    for (const file of readdirSync(new URL(folder, GOLDEN)))
      if (file.endsWith(".txt")) found.push(readFileSync(new URL(`${folder}${file}`, GOLDEN), "utf8"));
  for (const { name } of readdirSync(new URL("explain/", GOLDEN), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  ))
    for (const file of readdirSync(new URL(`explain/${name}/`, GOLDEN)))
      if (!file.endsWith(".golden"))
        found.push(readFileSync(new URL(`explain/${name}/${file}`, GOLDEN), "utf8").slice(0, 200_000));
  return found;
}

const NOISE = [
  "usb 1-1.2: new high-speed USB device number 5 using xhci_hcd",
  "systemd[1]: Started Session 3 of user pi.",
  "brcmfmac: brcmf_cfg80211_set_power_mgmt: power save enabled",
  "Bluetooth: hci0: link tx timeout",
  "thermal thermal_zone0: failed to read out thermal zone (-61)",
];

function read(text: string, skipsPlain: boolean): Facts {
  const collector = new Collector(skipsPlain);
  collector.begin("log");
  collector.push(text);
  collector.end();
  return collector.facts;
}

function same(text: string): void {
  expect(read(text, true)).toEqual(read(text, false));
}

const stamp = (line: string, i: number) =>
  line.startsWith("[") ? line : `[  100.${String(100000 + i)}] ${line}`;

describe("plain lines", () => {
  it("are most of a log, and none that speaks of memory", () => {
    expect(NOISE.map((line, i) => isPlain(stamp(line, i)))).toEqual([true, true, true, true, true]);
    const ours = [
      "cma: Reserved 64 MiB at 0x2b000000",
      "vpu: unable to allocate 8 MiB",
      "Linux version 6.1.0",
      "Node 0 Normal free:1kB",
      "foo: ion heap",
    ];
    expect(ours.map((line, i) => isPlain(stamp(line, i)))).toEqual(ours.map(() => false));
  });

  it("as they were pasted, and with a kernel's stamp before every line", () => {
    for (const text of texts()) {
      same(text);
      same(text.split("\n").map(stamp).join("\n"));
    }
  });

  it("with noise between any of them", () => {
    const lines = texts().flatMap((text) => text.split("\n").slice(0, 60));
    for (let seed = 1; seed <= 60; seed++) {
      const draw = random(seed);
      const some = Array.from({ length: 120 }, (_, i) => {
        if (draw() < 0.5) return stamp(oneOf(draw, NOISE), i);
        const line = lines[between(draw, 0, lines.length - 1)]!;
        return draw() < 0.5 ? stamp(line, i) : line;
      });
      same(some.join("\n"));
    }
  });
});
