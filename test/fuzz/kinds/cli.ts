// Knows: fuzzing of the command line: every verb with damaged files and mistyped words, each call a process of its own.
// Must not know: what a verb answers, but for what none ever may: a stack, a control character, an unknown exit code.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scenarioText } from "../../../bindings/scenario/presets/index.js";
import { Random } from "../../support/random.js";
import type { Entry, Failure, Kind, Round } from "../kind.js";
import { mutate } from "../mutate.js";
import { goldenFiles } from "./logs.js";

const ROOT = process.env["PAGEBLOCK_PLANTED"] ?? fileURLToPath(new URL("../../..", import.meta.url));
const MAIN = join(ROOT, "dist/bindings/cli/main.js");
/** A busy machine may take long for one call; one that takes this long hangs. */
const MOST_MS = 90_000;
const CODES = new Set([0, 1, 2, 3, 130]);
/** Verbs that may rightly go on for hours, and the signal that ends them: by it they may end with these codes as well. */
const ENDED: Readonly<Record<string, "INT" | "TERM">> = { view: "INT", sweep: "TERM" };
const ENDED_CODES = new Set([75, 128 + 2, 128 + 15]);
const ENDED_SECONDS = 8;
/** Where a verb looks for the damaged file, when it is given a folder. */
const PLACES: Readonly<Record<string, string>> = { merge: "parts/part-0-of-2.jsonl" };
/** Words of the calls: FILE is a damaged file. */
const CALLS: readonly (readonly string[])[] = [
  ["explain", "FILE"],
  ["explain", "FILE", "--json"],
  ["explain", "FILE", "--html", "out.html", "--kernel", "6.12"],
  ["run", "FILE", "--until", "1ms", "--seeds", "1", "--jobs", "1"],
  ["run", "FILE", "--show"],
  ["size", "--from-log", "FILE"],
  ["size", "--buffer", "4x1920x1080xNV12", "3x8M"],
  ["snapshot", "FILE", "-o", "state.bin"],
  ["shell", "--device", "tiny", "-c", "cat buddyinfo"],
  ["shell", "--state", "FILE", "-c", "ls"],
  ["replay", "FILE"],
  ["replay", "."],
  ["bench", "search", "--pattern", "empty", "--bits", "4096", "--rounds", "1"],
  ["bench", "search", "--pattern", "empty", "--bits", "4096", "--rounds", "1", "--html", "out.html"],
  ["demo", "--device", "tiny", "--steps", "1000", "--out", "out"],
  ["sweep", "FILE", "--out", "out", "--jobs", "1"],
  ["sweep", "FILE", "--out", "out", "--jobs", "1", "--shard", "0/2"],
  ["sweep", "FILE", "--out", "out", "--plan"],
  ["merge", "parts"],
  ["merge", "parts", "--partial", "--json"],
  ["merge", "parts", "--partial", "--until", "on-time 2%"],
  ["view", "FILE", "--no-open"],
];
const WORDS = [
  "",
  "-",
  "--",
  "--help",
  "-1",
  "1e9",
  "99999999999999999999",
  "\u001b[31m",
  "../x",
  "FILE",
  "nothing-there",
  "--json",
  "0",
];

interface Written {
  readonly args: readonly string[];
  /** The file, base64. */
  readonly file: string;
}

const GRID = `scenarios: [cma-idle-utilisation]
policies: [mainline]
devices: [tiny]
seeds: 1-2
until: 1ms
`;
const text = (written: string) => new TextEncoder().encode(written);

/** A folder of a grid with a whole part: what merge is given before it is damaged. */
const parts = once(() => {
  const folder = mkdtempSync(join(tmpdir(), "pageblock-fuzz-"));
  try {
    writeFileSync(join(folder, "grid.yaml"), GRID);
    const args = [MAIN, "sweep", "grid.yaml", "--out", "parts", "--jobs", "1", "--shard", "0/2"];
    spawnSync(process.execPath, args, { cwd: folder });
    const read = (name: string) => new Uint8Array(readFileSync(join(folder, "parts", name)));
    return { head: read("grid.json"), part: read("part-0-of-2.jsonl") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The last line says the checksum of the others: most damage is to get past it. */
function repaired(bytes: Uint8Array): Uint8Array {
  const whole = Buffer.from(bytes).toString("latin1");
  const end = whole.lastIndexOf("\n", whole.length - 2) + 1;
  const sha256 = createHash("sha256").update(bytes.subarray(0, end)).digest("hex");
  return Buffer.concat([bytes.subarray(0, end), text(`${JSON.stringify({ sha256 })}\n`)]);
}

/** A damaged file of the kind that the verb reads. */
function fileFor(verb: string | undefined, random: Random): Uint8Array {
  const yaml = text(scenarioText("cma-idle-utilisation").replace("phone-16g", "tiny"));
  const known = [...goldenFiles().slice(0, 40), yaml, yaml, yaml];
  if (verb === "merge") {
    const damaged = mutate(parts().part, random, known);
    return random.oneIn(4) ? damaged : repaired(damaged);
  }
  if (verb === "sweep") return mutate(text(GRID), random, [yaml, text(GRID)]);
  return mutate(verb === "run" || verb === "view" ? yaml : random.pick(known), random, known);
}

function callOf(random: Random, entries: readonly Entry[]): Written {
  const base = entries.length > 0 && random.oneIn(4) ? undefined : [...random.pick(CALLS)];
  const args = base ?? [
    ...(JSON.parse(new TextDecoder().decode(random.pick(entries).bytes)) as Written).args,
  ];
  for (let i = random.below(3); i > 0; i--) {
    const at = random.below(args.length + 1);
    if (random.oneIn(2)) args.splice(at, random.below(2), random.pick(WORDS));
    else if (at < args.length) args[at] = `${args[at]}${random.pick(["x", "=", "1", " "])}`;
  }
  return { args, file: Buffer.from(fileFor(args[0], random)).toString("base64") };
}

/** @returns what is wrong */
function call({ args, file }: Written): { wrong?: string; features: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "pageblock-fuzz-"));
  try {
    const verb = args[0] ?? "";
    mkdirSync(join(folder, "parts"));
    if (verb === "merge") writeFileSync(join(folder, "parts/grid.json"), parts().head);
    writeFileSync(join(folder, PLACES[verb] ?? "input"), Buffer.from(file, "base64"));
    const words = args.map((word) => (word === "FILE" ? "input" : word.replaceAll("\0", "")));
    const ended = ENDED[verb];
    const limit =
      ended === undefined
        ? []
        : ["timeout", "--preserve-status", "-s", ended, "-k", "60", String(ENDED_SECONDS)];
    const [program = "", ...rest] = [...limit, process.execPath, MAIN, ...words];
    const { status, signal, stdout, stderr } = spawnSync(program, rest, {
      cwd: folder,
      encoding: "utf8",
      timeout: MOST_MS,
      input: "",
      maxBuffer: 64 << 20,
      env: { ...process.env, COLUMNS: "80", NO_COLOR: "1" },
    });
    const said = `${stdout}${stderr}`;
    const fail = (wrong: string) => ({ wrong: `pageblock ${JSON.stringify(args)}: ${wrong}`, features: [] });
    if (signal !== null) return fail(`ended by ${signal}: it hangs, or prints without end`);
    const isKnown =
      status !== null && (CODES.has(status) || (ended !== undefined && ENDED_CODES.has(status)));
    if (!isKnown) return fail(`exit ${status}`);
    const stack = /^\s+at .*\d+:\d+\)?$|node:internal/m.exec(said);
    if (stack !== null) return fail(`a stack: ${said.slice(0, 300)}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.exec(said);
    if (control !== null) return fail(`prints character ${control[0].charCodeAt(0)}`);
    if (status === 2 && stderr.trim() === "") return fail("exit 2 without a word");
    const left = readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".part"));
    if (left.length > 0) return fail(`leaves ${left.join(", ")}`);
    return {
      features: [`${args[0]} exit ${status} ${stderr.replace(/[\d.]+|"[^"]*"|'[^']*'/g, "#").slice(0, 30)}`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const seen = new Set<string>();
const encode = (written: Written) => new TextEncoder().encode(`${JSON.stringify(written)}\n`);

export const cli: Kind = {
  name: "cli",
  async round(seed, entries, until): Promise<Round | Failure> {
    if (!existsSync(MAIN)) throw new Error("there is no dist: npm run build");
    const random = new Random(seed);
    const kept: Entry[] = [];
    let inputs = 0;
    for (; inputs < 20 && performance.now() < until; inputs++) {
      const written = callOf(random, entries);
      const { wrong, features } = call(written);
      if (wrong !== undefined) return { what: wrong, entry: { label: "found", bytes: encode(written) } };
      const bytes = encode(written);
      if (features.some((feature) => !seen.has(feature)) && bytes.length < 600)
        kept.push({ label: "new", bytes });
      for (const feature of features) seen.add(feature);
    }
    return { operations: 0, inputs, kept };
  },
  retry: async (bytes) => call(JSON.parse(new TextDecoder().decode(bytes)) as Written).wrong,
};
