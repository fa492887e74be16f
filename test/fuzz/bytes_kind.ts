// Knows: fuzzing of whatever takes bytes: inputs from samples and the corpus by damage, features, shrinking.
// Must not know: what takes the bytes.

import { Random } from "../support/random.js";
import { shrink } from "../support/shrink.js";
import {
  type Entry,
  type Failure,
  type Kind,
  type KindName,
  type Round,
  shrinkTime,
  TOO_LONG_MS,
} from "./kind.js";
import { mutate } from "./mutate.js";
import { watchdog } from "./watchdog.js";

export interface Target {
  readonly name: KindName;
  /** Inputs that are sound, or nearly. */
  samples(): Promise<readonly Uint8Array[]>;
  /** Takes an input. @returns what happened, in words of a small set. @throws when something is wrong */
  judge(bytes: Uint8Array): Promise<readonly string[]>;
  /** Damage of its own kind, where lines and pieces of others mean nothing. */
  damage?(bytes: Uint8Array, random: Random): Uint8Array;
  /** Makes an input of damaged bytes: repairs a checksum, packs. The bytes as they are when absent. */
  finish?(bytes: Uint8Array, random: Random): Uint8Array;
  /** A step of shrinking: bytes of one line, or as many bytes. */
  readonly isText: boolean;
}

/** Longer inputs are not kept: a corpus is in the repository. */
const MOST_KEPT_BYTES = 2_048;

class Wrong extends Error {}

/** @throws what the target throws; when it takes too long: a Wrong, or where it never ends, the watchdog ends the process */
export async function tried(target: Target, bytes: Uint8Array): Promise<readonly string[]> {
  const before = process.cpuUsage();
  watchdog.begin(target.name, bytes);
  const features = await target.judge(bytes).finally(watchdog.end);
  const { user, system } = process.cpuUsage(before);
  if ((user + system) / 1e3 > TOO_LONG_MS)
    throw new Wrong(`hangs: ${bytes.length} bytes take more than ${TOO_LONG_MS} ms`);
  return features;
}

export function said(error: unknown): string {
  const { name, message, stack = "" } = error as Error;
  const where = /^\s+at .*?([\w-]+\.ts):(\d+)/m.exec(stack)?.[1] ?? "";
  return `${name} in ${where}: ${message}`;
}

/** The kind of a wrong: numbers and quoted text in it vary while an input is shortened. */
export function sort(what: string): string {
  return what.replace(/"[^"]*"|'[^']*'|\d+/g, "#").slice(0, 60);
}

async function wrongWith(target: Target, bytes: Uint8Array): Promise<string | undefined> {
  try {
    await tried(target, bytes);
    return undefined;
  } catch (error) {
    return said(error);
  }
}

function pieces(bytes: Uint8Array, isText: boolean): Uint8Array[] {
  if (!isText || bytes.length < 200) return Array.from(bytes, (byte) => Uint8Array.of(byte));
  const out: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    const to = end < 0 ? bytes.length : end + 1;
    out.push(bytes.slice(from, to));
    from = to;
  }
  return out;
}

function joined(some: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(some.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of some) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** What is wrong, with the shortest input found that shows the same. */
export async function failureOf(target: Target, bytes: Uint8Array, what: string): Promise<Failure> {
  const fails = async (some: readonly Uint8Array[]) => {
    const now = await wrongWith(target, joined(some));
    return now !== undefined && sort(now) === sort(what);
  };
  let short = bytes;
  for (const isText of target.isText ? [true, false] : [false]) {
    short = joined(await shrink(pieces(short, isText), fails, shrinkTime() / 2));
  }
  const final = (await wrongWith(target, short)) ?? what;
  return { what: final, entry: { label: "found", bytes: short } };
}

/** Seen in this process: what is new is kept. */
export function bytesKind(target: Target): Kind {
  const seen = new Set<string>();
  let samples: readonly Uint8Array[] | undefined;

  async function learn(entries: readonly Entry[]): Promise<readonly Uint8Array[]> {
    if (samples !== undefined) return samples;
    samples = await target.samples();
    for (const bytes of [...samples, ...entries.map((entry) => entry.bytes)]) {
      for (const feature of await target.judge(bytes).catch(() => [])) seen.add(feature);
    }
    return samples;
  }

  return {
    name: target.name,
    async round(seed, entries, until): Promise<Round | Failure> {
      const known = [...(await learn(entries)), ...entries.map(({ bytes }) => bytes)];
      const random = new Random(seed);
      const kept: Entry[] = [];
      let inputs = 0;
      for (; inputs < 2_000 && performance.now() < until; inputs++) {
        const base = random.pick(known);
        const damaged = target.damage?.(base, random) ?? mutate(base, random, known);
        const bytes = target.finish?.(damaged, random) ?? damaged;
        try {
          const fresh = (await tried(target, bytes)).filter((feature) => !seen.has(feature));
          for (const feature of fresh) seen.add(feature);
          if (fresh.length > 0 && bytes.length <= MOST_KEPT_BYTES) kept.push({ label: "new", bytes });
        } catch (error) {
          return await failureOf(target, bytes, said(error));
        }
      }
      return { operations: 0, inputs, kept };
    },
    retry: (bytes) => wrongWith(target, bytes),
  };
}
