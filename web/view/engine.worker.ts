// Knows: the questions of the page, answered one after the other by the run that is open.
// Must not know: how a run is opened and asked, the page.

import { snapshotOf } from "./boot.js";
import { ask, open, question } from "./engine.js";
import type { Answer, Ask, AskKind, Asks } from "./protocol.js";
import { readFiles } from "./reader.js";
import { traceOf } from "./trace.js";

function answer(data: Ask): Asks[AskKind]["answer"] | Promise<Asks[AskKind]["answer"]> {
  if (data.kind === "open") return open(data.opening);
  if (data.kind === "whatif") return question(data.question);
  if (data.kind === "read") return readFiles(data.files);
  if (data.kind === "pack") return snapshotOf(data.device).then((snapshot) => ({ snapshot }));
  if (data.kind === "trace")
    return traceOf(data.opening, data.fromNs, data.toNs).then((trace) => ({ trace }));
  return ask(data);
}

/** Maps change hands without a copy. */
function moved(value: object): Transferable[] {
  return Object.values(value).flatMap((member) =>
    ArrayBuffer.isView(member) ? [member.buffer as ArrayBuffer] : [],
  );
}

self.addEventListener("message", async ({ data }: MessageEvent<Ask>) => {
  try {
    const value = await answer(data);
    self.postMessage({ id: data.id, value } satisfies Answer, { transfer: moved(value) });
  } catch (error) {
    self.postMessage({ id: data.id, error: (error as Error).message } satisfies Answer);
  }
});
