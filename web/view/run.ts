// Knows: a worker with one run in it, asked from the page.
// Must not know: what is drawn.

import EngineWorker from "./engine.worker.js?worker&inline";
import type {
  Answer,
  Ask,
  FrameFacts,
  Moment,
  Opened,
  Opening,
  Question,
  WindowsTried,
  Words,
} from "./protocol.js";

type Asked = Ask extends infer One ? (One extends Ask ? Omit<One, "id"> : never) : never;

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

  #ask<T>(question: Asked): Promise<T> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ id, ...question });
    });
  }

  open(opening: Opening): Promise<Opened> {
    return this.#ask({ kind: "open", opening });
  }

  seek(timeNs: number): Promise<Moment> {
    return this.#ask({ kind: "seek", timeNs });
  }

  /** What would have become of a request that fails. */
  whatIf(question: Question): Promise<Words> {
    return this.#ask({ kind: "whatif", question });
  }

  /** The windows of one of the moment's requests; the run stands at its end then. */
  windows(nth: number): Promise<WindowsTried> {
    return this.#ask({ kind: "windows", nth });
  }

  frame(frame: number): Promise<FrameFacts> {
    return this.#ask({ kind: "frame", frame });
  }

  close(): void {
    this.#worker.terminate();
  }
}
