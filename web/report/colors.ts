// Knows: which colour stands for what. The values are in style.css, so that they follow the theme and the paper.
// Must not know: what is drawn.

import type { PageKind } from "../../bindings/scenario/result.js";

/** From the bottom of a stack to its top: what a client holds, what stands in the way, what can move, what is free. */
export const KIND_ORDER: readonly PageKind[] = [
  "cma",
  "pinned",
  "other",
  "dirty",
  "zram",
  "file",
  "anon",
  "pcp",
  "free",
];

const KIND_MEANING: Readonly<Record<PageKind, string>> = {
  cma: "held by clients of the area",
  pinned: "with extra references: cannot be migrated now",
  other: "in use, none of the others",
  dirty: "page cache, dirty or under writeback",
  zram: "store of compressed pages",
  file: "page cache, clean",
  anon: "anonymous memory",
  pcp: "on per-CPU lists",
  free: "in the buddy allocator",
};

export function kindMeaning(kind: string): string {
  return KIND_MEANING[kind as PageKind] ?? kind;
}

export function kindColor(kind: string): string {
  return KIND_ORDER.includes(kind as PageKind) ? `var(--kind-${kind})` : "var(--kind-other)";
}

const POLICY_COLORS = 10;
const HOLDER_COLORS = 6;

export function policyColor(index: number): string {
  return `var(--policy-${index % POLICY_COLORS})`;
}

export function holderColor(index: number): string {
  return `var(--holder-${index % HOLDER_COLORS})`;
}

export const BAD = "var(--bad)";
export const GOOD = "var(--good)";
