// Knows: how a signal becomes a word to work under way, and how the program's own handlers come and go.
// Must not know: what the work does about it.

/** What a terminal and a service manager send to end a program: as Ctrl-C. */
export const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const satisfies NodeJS.Signals[];

/** While `work` runs, the first of these signals aborts what it is given; the second one ends the program as ever. */
export async function withSignals<T>(
  signals: readonly NodeJS.Signals[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const remove = () => {
    for (const name of signals) process.removeListener(name, abort);
  };
  const abort = () => {
    controller.abort();
    remove();
  };
  for (const name of signals) process.on(name, abort);
  try {
    return await work(controller.signal);
  } finally {
    remove();
  }
}
