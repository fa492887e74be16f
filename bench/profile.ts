// Knows: a CPU profile of something that runs in this process, as a file that Chromium and editors open.
// Must not know: what runs.

import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

/** Samples every 100 us; functions of the core have their numbers in the module for names. */
export async function profiled<T>(file: string, work: () => Promise<T>): Promise<T> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 100 });
  await session.post("Profiler.start");
  try {
    return await work();
  } finally {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    writeFileSync(file, JSON.stringify(profile));
  }
}
