// Knows: what is said of one named policy, and the sources that several share. Must not know: any policy.

import { MAINLINE, type PolicyNumbers, type PolicyWords, policyFromWords } from "./policy.js";

/** A proposal of the package: its numbers, what it does, where it comes from. */
export interface PolicyRow extends PolicyNumbers {
  /** The word that a scenario names it by. */
  readonly name: string;
  /** Its rule, exactly. */
  readonly doc: string;
  /** What its source says of it, in one sentence. */
  readonly claim: string;
  /** Thread, commit or kernel. */
  readonly source: string;
  /** live: a machine that runs can be switched to it; boot: it changes rules of the kernel, and holds from boot on. */
  readonly switch: "live" | "boot";
}

type Told = Readonly<Record<"doc" | "claim" | "source", string>>;

export function row(name: string, words: PolicyWords, told: Told, rules?: PolicyNumbers["rules"]): PolicyRow {
  const policy = policyFromWords(name, MAINLINE, words);
  const boot = rules === undefined ? {} : { rules };
  return { ...policy, ...told, ...boot, switch: rules === undefined ? "live" : "boot" };
}

export const LPC = "Yescas and Singh, `CMA allocations fail due to pinned MOVABLE pages`, LPC 2025";
export const GOLDSWORTHY = "Goldsworthy, cover.1604282969.git.cgoldswo@codeaurora.org; Android GKI 6.6";
export const RETRIES =
  "Goldsworthy, 2020; in raspberrypi/linux and Android GKI 6.6, re-added for several ranges by r.android.com/3616623";
export const LSFMM = "Gorman, Zijlstra and Hansen, LSFMM 2015 (LWN)";
export const BALANCING = "van der Linden, 20250915195153.462039-1-fvdl@google.com";
