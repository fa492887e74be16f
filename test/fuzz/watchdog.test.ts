// Knows: that the watchdog ends a process for an input without end, by its CPU time, and for nothing else.
// Must not know: what takes inputs.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Each phase spins for longer than the time that the last input may take, and many checks. */
const CHILD = `
import { runnerImport } from "vite";
const { module } = await runnerImport("${ROOT}test/fuzz/watchdog.ts", { root: "${ROOT}", configFile: false, logLevel: "error" });
const { watchdog } = module;
const spin = () => { const from = process.cpuUsage().user; while (process.cpuUsage().user - from < 150_000); };
const bytes = (text) => new TextEncoder().encode(text);
watchdog.start(undefined, 20);
spin();
console.log("nothing was begun");
for (const text of ["a", "b", "c"]) { watchdog.begin("logs", bytes(text), 30_000); spin(); watchdog.end(); }
console.log("none took too long");
watchdog.begin("logs", bytes("short"), 100);
watchdog.end();
spin();
console.log("it had ended");
watchdog.begin("logs", bytes("for ever"), 100);
for (;;);
`;

it("ends the process for an input that takes too much CPU time, and says which", () => {
  const { signal, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", CHILD], {
    cwd: ROOT,
    encoding: "utf8",
    timeout: 60_000,
    killSignal: "SIGTERM",
  });
  expect(stdout.trim().split("\n")).toEqual([
    "nothing was begun",
    "none took too long",
    "it had ended",
    'logs: hangs: 8 bytes do not end: "for ever"',
  ]);
  expect(signal).toBe("SIGKILL");
});
