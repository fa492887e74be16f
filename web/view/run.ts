// Knows: a worker with one run in it, asked from the page.
// Must not know: what is drawn.

import EngineWorker from "./engine.worker.js?worker&inline";
import type { Answer, AskKind, Asks } from "./protocol.js";

/** One run in a worker of its own. */
export class Run {
  readonly #worker = new EngineWorker();
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #asked = 0;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("error" in data) waiting?.reject(new Error(data.error));
      else waiting?.resolve(data.value);
    });
    this.#worker.addEventListener("error", ({ message }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(message));
      this.#waiting.clear();
    });
  }

  /** Questions are answered in the order in which they are asked. */
  ask<Kind extends AskKind>(kind: Kind, question: Asks[Kind]["ask"]): Promise<Asks[Kind]["answer"]> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ id, kind, ...question });
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
