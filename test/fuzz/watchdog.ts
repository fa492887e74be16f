// Knows: the input that is being tried, and that one which does not end within TOO_LONG_MS of CPU time, or ten times that by the
// clock, hangs: it is kept, and the process ends, since nothing else can stop it. Must not know: what takes the input.

import { Worker } from "node:worker_threads";
import { type KindName, TOO_LONG_MS } from "./kind.js";

/** A few words, then the input. */
const HEAD = 64;
const MOST_BYTES = 1 << 20;
const CHECKS = 4;
/** On a busy machine an input waits for its CPU. */
const SLACK = 10;

/**
 * Runs beside the input. words: 0 inputs begun, 1 is one being tried, 2 bytes of it, 3 characters of its kind; 4 is never woken;
 * 5 milliseconds of CPU time that it may take.
 */
const WATCH = `
const { workerData: { shared, folder, wait, head, slack } } = require("node:worker_threads");
const fs = require("node:fs");
const words = new Int32Array(shared, 0, head >> 2);
const bytes = new Uint8Array(shared, head);
const cpuMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e3; };
let last = -1;
let since = 0;
let checks = 0;
for (;;) {
  Atomics.wait(words, 4, 0, wait);
  const isSame = Atomics.load(words, 1) === 1 && words[0] === last;
  since = isSame ? since : cpuMs();
  checks = isSame ? checks + 1 : 0;
  last = words[0];
  // Checks, not a clock: who is stopped and goes on has not waited.
  if (!isSame || (cpuMs() - since < words[5] && checks * wait < words[5] * slack)) continue;
  const input = Buffer.from(bytes.slice(0, words[2]));
  const kind = String.fromCharCode(...bytes.slice(words[2], words[2] + words[3]));
  let kept = "";
  if (folder !== undefined) {
    const hash = require("node:crypto").createHash("sha256").update(input).digest("hex").slice(0, 10);
    fs.mkdirSync(folder + kind, { recursive: true });
    fs.writeFileSync(folder + kind + "/open-hangs-" + hash, input);
    kept = "\\n  kept as test/corpus/" + kind + "/open-hangs-" + hash;
  }
  const head = JSON.stringify(input.toString("latin1").slice(0, 60).trimEnd());
  fs.writeSync(1, kind + ": hangs: " + input.length + " bytes do not end: " + head + kept + "\\n");
  process.kill(process.pid, "SIGKILL");
}
`;

class Watchdog {
  private shared: SharedArrayBuffer | undefined;
  private begun = 0;

  /** @param folder where an input that hangs is kept; undefined: nowhere */
  start(folder: string | undefined, checkMs = TOO_LONG_MS / CHECKS): void {
    this.shared = new SharedArrayBuffer(HEAD + MOST_BYTES + 64);
    const workerData = { shared: this.shared, folder, wait: checkMs, head: HEAD, slack: SLACK };
    new Worker(WATCH, { eval: true, execArgv: [], workerData }).unref();
  }

  /** @param tooLongMs CPU time that it may take */
  begin(kind: KindName, input: Uint8Array, tooLongMs = TOO_LONG_MS): void {
    if (this.shared === undefined) return;
    const words = new Int32Array(this.shared, 0, HEAD >> 2);
    const bytes = new Uint8Array(this.shared, HEAD);
    const length = Math.min(input.length, MOST_BYTES);
    bytes.set(input.subarray(0, length));
    bytes.set(new TextEncoder().encode(kind), length);
    words[2] = length;
    words[3] = kind.length;
    words[5] = tooLongMs;
    this.begun = (this.begun + 1) | 0;
    words[0] = this.begun;
    Atomics.store(words, 1, 1);
  }

  readonly end = (): void => {
    if (this.shared !== undefined) Atomics.store(new Int32Array(this.shared, 0, 2), 1, 0);
  };
}

export const watchdog = new Watchdog();
