import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as clients from "../../../assembly/abi/clients.js";
import * as abi from "../../../assembly/abi/simulation.js";
import type { DeviceDescription } from "../../../bindings/device/description.js";
import { getPreset, presets } from "../../../bindings/device/index.js";
import { ScenarioError } from "../../../bindings/engine/errors.js";
import { policyNames } from "../../../bindings/policy/index.js";
import {
  getScenario,
  isKindName,
  kindNames,
  kinds,
  parametersOf,
  parseScenario,
  readScenario,
  scenario,
  scenarioDigest,
  scenarioNames,
  scenarioText,
} from "../../../bindings/scenario/index.js";
import { scenarioSchema } from "../../../bindings/scenario/json_schema.js";
import { parseQuantity } from "../../../bindings/scenario/quantity.js";

const FOLDER = fileURLToPath(new URL("../../../scenarios/", import.meta.url));

const YAML = `
name: mine
description: both ways
device: phone-16g
policy: [mainline, { base: android, name: patient, cma-retries: 20, cma-sleep: 50ms }]
duration: 30s
sample: 50ms
seeds: 3
pressure: { swap: 2GiB, zram: 40% }
costs: { migrate-page: 5us }
record: { failures: 7 }
workloads:
  - { kind: direct-io, name: ota, service: 3ms, pages: 256KiB, start: 2s }
  - { kind: noise }
clients:
  - { kind: camera, area: camera, pages: 254MiB, deadline: 300ms }
`;

function built() {
  return scenario("mine")
    .description("both ways")
    .device("phone-16g")
    .policy("mainline", { base: "android", name: "patient", "cma-retries": 20, "cma-sleep": "50ms" })
    .duration("30s")
    .sample("50ms")
    .seeds(3)
    .pressure({ swap: "2GiB", zram: "40%" })
    .costs({ "migrate-page": "5us" })
    .record({ failures: 7 })
    .workload("direct-io", { name: "ota", service: "3ms", pages: "256KiB", start: "2s" })
    .workload("noise")
    .client("camera", { area: "camera", pages: "254MiB", deadline: "300ms" });
}

describe("the builder", () => {
  it("gives the same scenario as YAML, with the same digest", () => {
    const fromText = parseScenario(YAML);
    expect(built().build()).toEqual(fromText);
    expect(scenarioDigest(built().build())).toBe(scenarioDigest(fromText));
    expect(scenarioDigest(built().seeds(4).build())).not.toBe(scenarioDigest(fromText));
  });

  it("survives JSON", () => {
    const one = built().build();
    const back = JSON.parse(JSON.stringify(one)) as typeof one;
    expect(back).toEqual(one);
    expect(scenarioDigest(back)).toBe(scenarioDigest(one));
  });

  it("has the same checks, and tells all problems by path", () => {
    const wrong = scenario("wrong")
      .device("phone-16g")
      .duration("1 parsec")
      .client("camera", { area: "camra" })
      .workload("noise", { interval: "-3/s" });
    expect(() => wrong.build()).toThrow(ScenarioError);
    try {
      wrong.build();
    } catch (error) {
      const paths = (error as ScenarioError).problems.map(({ path }) => path);
      expect(paths).toEqual(["duration", "workloads[0].interval", "clients[0].area"]);
    }
  });

  it("is immutable: a beginning can be shared", () => {
    const start = scenario("shared").device("tiny").duration("1s");
    const one = start.workload("noise").build();
    const two = start.workload("slab", { pages: "1MiB" }).build();
    expect([one.actors, two.actors].map((actors) => actors.map(({ kind }) => kind))).toEqual([
      ["noise"],
      ["slab"],
    ]);
  });

  it("takes a description of a device as it is", () => {
    const own = { ...presets["phone-16g"], name: "own", cpus: 4 };
    expect(scenario("own").device(own).duration("1s").build().device).toEqual(own);
  });
});

describe("a device in a scenario", () => {
  const withDevice = (device: unknown) =>
    readScenario({ name: "x", duration: "1s", device }).device as DeviceDescription;

  it("is a preset, or keys over a preset", () => {
    expect(withDevice("tiny")).toEqual(getPreset("tiny"));
    const changed = withDevice({
      base: "phone-16g",
      cpus: 4,
      kernel: "6.1",
      areas: [{ name: "one", size: "1GiB", from: "top", within: { start: "6GiB", end: "8GiB" } }],
      vm: { "watermark-scale-factor": 200 },
    });
    expect(changed).toMatchObject({ name: "phone-16g, changed", cpus: 4, kernel: "6.1", pageShift: 12 });
    expect(changed.areas).toEqual([
      { name: "one", size: 2 ** 30, from: "top", within: { start: 6 * 2 ** 30, end: 8 * 2 ** 30 } },
    ]);
    expect(changed.vm).toEqual({ watermarkScaleFactor: 200 });
  });

  it("without a base it needs everything, and says what is missing", () => {
    expect(() => withDevice({ cpus: 4 })).toThrow(/device\.page-size|device\.kernel/);
    const said = (text: string) => {
      try {
        parseScenario(text, "input");
      } catch (error) {
        return (error as Error).message;
      }
      throw new Error("accepted");
    };
    const message = said("name: x\nduration: 1s\ndevice: { areas: [] }\n");
    for (const key of ["memory", "zones", "kernel", "page-size", "cpus"])
      expect(message).toMatch(new RegExp(`^input:3:\\d+: ${key}: must be .*, is missing$`, "m"));
    expect(message).not.toContain("undefined");
    const whole = withDevice({
      name: "small",
      kernel: "6.12",
      "page-size": "4KiB",
      "max-page-order": 10,
      "pageblock-order": 9,
      cpus: 2,
      memory: [{ start: 0, size: "256MiB" }],
      zones: [{ name: "DMA32", start: 0, end: "4GiB" }],
      areas: [{ name: "cma", size: "32MiB" }],
    });
    expect(whole).toMatchObject({ name: "small", pageShift: 12, cpus: 2 });
  });
});

describe("the table of workloads", () => {
  const enums = { ...abi, ...clients } as unknown as Readonly<
    Record<string, Readonly<Record<string, string | number>>>
  >;

  /** "direct-io" -> DirectIoParameter */
  const enumOf = (name: string) =>
    enums[`${name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}Parameter`];

  it.each(kindNames)(
    "%s: every parameter of the abi has one key, a doc, a source and a default that holds",
    (name) => {
      // A client may ask for what the policy would say otherwise.
      const { RETRIES, EFFORT, WINDOW } = abi.Parameter;
      const asked = kinds[name].role === "client" ? { RETRIES, EFFORT, WINDOW } : {};
      const names = Object.fromEntries(Object.entries(asked).map(([word, index]) => [index, word]));
      const words: Readonly<Record<string, string | number>> = { ...enumOf(name), ...asked, ...names };
      const indexes = Object.values(words).filter((value) => typeof value === "number");
      const rows = Object.values<ReturnType<typeof rowOf>>(kinds[name].parameters);
      expect(rows.map(({ index }) => index).sort((a, b) => a - b)).toEqual(indexes.sort((a, b) => a - b));
      for (const [key, row] of Object.entries(kinds[name].parameters)) {
        expect(key).toBe(String(words[row.index]).toLowerCase().replaceAll("_", "-"));
        expect(row.doc.length, key).toBeGreaterThan(5);
        expect(row.source.length, key).toBeGreaterThan(4);
        expect(parseQuantity(row.dimension, row.default), `${name}.${key}`).toHaveProperty("value");
      }
    },
  );

  it("every kind of actor that is not the kernel's own has a name", () => {
    const named = kindNames.map((name) => kinds[name].kind);
    const all = Object.values(abi.ActorKind).filter((value) => typeof value === "number");
    const own = [abi.ActorKind.NONE, abi.ActorKind.KSWAPD, abi.ActorKind.VMSTAT, abi.ActorKind.COUNT];
    expect([...named].sort((a, b) => a - b)).toEqual(all.filter((kind) => !own.includes(kind)));
    expect(isKindName("kswapd")).toBe(false);
  });
});

function rowOf() {
  return kinds.noise.parameters.hold;
}

describe("the scenarios of the package", () => {
  it("are the files of scenarios/, and the embedded texts are the same", () => {
    const files = readdirSync(FOLDER).sort();
    expect(scenarioNames.map((name) => `${name}.yaml`)).toEqual(files);
    for (const name of scenarioNames)
      expect(scenarioText(name)).toBe(readFileSync(`${FOLDER}${name}.yaml`, "utf8"));
  });

  it.each(scenarioNames)("%s is sound and called by its file's name", (name) => {
    const preset = getScenario(name);
    expect(preset.name).toBe(name);
    expect(preset.description.length).toBeGreaterThan(60);
    expect(preset.actors.length).toBeGreaterThan(0);
  });

  it("are those that were promised, and the loads that a real kernel was measured under", () => {
    expect(scenarioNames.filter((name) => name.startsWith("lab-"))).toHaveLength(11);
    expect(scenarioNames.filter((name) => !name.startsWith("lab-"))).toEqual([
      "area-whole",
      "camera-cold",
      "cma-idle-utilisation",
      "crash-cma",
      "gpu-bursts",
      "gpu-thp",
      "hugetlb-cma",
      "low-memory",
      "lpc-acts",
      "nxp-fragmented",
      "ota-first-boot",
      "pcp-window",
      "rolling-blockade",
      "tv-case",
      "tv-streams",
    ]);
  });

  it("a misspelt name is answered with the one that was meant", () => {
    expect(() => getScenario("roling-blockade")).toThrow(/Did you mean "rolling-blockade"/);
  });
});

describe("the JSON Schema", () => {
  const schema = JSON.stringify(scenarioSchema());

  it("knows every kind, every key and every policy", () => {
    for (const name of kindNames) {
      expect(schema).toContain(`{"const":"${name}"}`);
      for (const key of parametersOf(name).keys()) expect(schema).toContain(`"${key}":{`);
    }
    expect(schema).toContain(policyNames.map((name) => JSON.stringify(name)).join(","));
  });

  it("its patterns take what the reader takes, and refuse what it refuses", () => {
    const patterns = [...schema.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text]) => JSON.parse(text ?? '""') as string,
    );
    const size = new RegExp(patterns.find((pattern) => pattern.includes("pages")) ?? "^$");
    for (const good of ["254MiB", "65024 pages", "1.5 GiB", "30%"]) expect(good).toMatch(size);
    for (const bad of ["10 parsecs", "12MB", "-4KiB", "4"]) expect(bad).not.toMatch(size);
  });
});
