// Knows: comparing a machine that was built from files with those files, and frame by frame with another machine.
// Must not know: how it was built.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { FrameKind, Mobility } from "../../assembly/abi/vocabulary.js";
import { DebugTree } from "../../bindings/kernel_text/tree/index.js";
import type { Machine } from "../../bindings/machine/machine.js";

/** Which of the two files the machine prints to the byte. */
export function reproduces(machine: Machine, folder: string): { buddyinfo: boolean; pagetypeinfo: boolean } {
  const tree = new DebugTree(machine);
  const given = (name: string) => gunzipSync(readFileSync(`${folder}/${name}.txt.gz`)).toString();
  return {
    buddyinfo: tree.read("/buddyinfo") === given("buddyinfo"),
    pagetypeinfo: tree.read("/pagetypeinfo") === given("pagetypeinfo"),
  };
}

/** What each frame is: its kind, one more for user memory that moves; bodies are what their heads are. */
export function frameClasses({ views }: Machine): Uint8Array {
  const classes = new Uint8Array(views.frameCount);
  for (let at = 0; at < classes.length; ) {
    const { kind, order, mobility } = views.frame(views.startPfn + at);
    const moves = kind === FrameKind.ALLOCATED && mobility !== Mobility.FIXED;
    const frames = kind === FrameKind.HOLE ? 1 : 2 ** order;
    classes.fill(moves ? 16 : kind, at, at + frames);
    at += frames;
  }
  return classes;
}

export interface Agreement {
  /** Frames of the same kind, of those that exist. */
  readonly kind: number;
  /** Frames that are free in both or in neither. */
  readonly free: number;
  /** Pageblocks of the same migratetype. */
  readonly blocks: number;
}

/** Shares, 0 to 1. */
export function agreement(a: Machine, b: Machine): Agreement {
  const [x, y] = [frameClasses(a), frameClasses(b)];
  let frames = 0;
  let kind = 0;
  let free = 0;
  for (let i = 0; i < x.length; i++) {
    if (x[i] === FrameKind.HOLE && y[i] === FrameKind.HOLE) continue;
    frames += 1;
    kind += x[i] === y[i] ? 1 : 0;
    free += (x[i] === FrameKind.BUDDY) === (y[i] === FrameKind.BUDDY) ? 1 : 0;
  }
  const [s, t] = [a.views.pageblocks, b.views.pageblocks];
  let typed = 0;
  let same = 0;
  for (let i = 0; i < t.length; i++) {
    if (t[i] === 255) continue;
    typed += 1;
    same += s[i] === t[i] ? 1 : 0;
  }
  return { kind: kind / frames, free: free / frames, blocks: same / typed };
}
