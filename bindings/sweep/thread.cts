// Knows: what the pool loads with require(): a CommonJS file that imports the worker. Node 20 aborts the whole process when a
// thread is ended while require() loads an ES module; import() has no such moment.
// Must not know: anything else.

import type { RunEnd } from "./sweep.js" with { "resolution-mode": "import" };
import type { WorkerTask } from "./worker.js" with { "resolution-mode": "import" };

const worker = import("./worker.js");

export = async (task: WorkerTask): Promise<RunEnd> => (await worker).default(task);
