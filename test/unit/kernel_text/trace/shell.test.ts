// Knows: the command `trace` of the shell: on, off, what it says, the two kinds of files, what it refuses.
// Must not know: what is in a trace.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { openSession } from "../../../../bindings/cli/shell/shell.js";

const folder = mkdtempSync(join(tmpdir(), "pageblock-trace-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function session() {
  const [input, output, error] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const shell = await openSession({ device: "tiny", core: "checked" }, { input, output, error });
  const heard = () => `${output.read() ?? ""}${error.read() ?? ""}`;
  const say = (line: string) => {
    shell.run(line);
    return heard();
  };
  return { say, done: () => shell.machine.dispose() };
}

describe("trace", () => {
  it("records between on and off, and is saved as text or for Perfetto by the name's ending", async () => {
    const { say, done } = await session();
    expect(say("trace")).toBe("off\n");
    expect(say("trace on")).toBe("");
    say("echo 100 > cma/reserved/alloc");
    expect(say("trace")).toMatch(/^on, [\d,]+ events\n$/);
    const [text, binary] = [join(folder, "run.txt"), join(folder, "run.pftrace")];
    expect(say(`trace save ${text}`)).toMatch(/^[\d,]+ events\n$/);
    say(`trace save ${binary}`);
    const lines = readFileSync(text, "utf8").split("\n");
    expect(lines[0]).toBe("# tracer: nop");
    expect(lines.filter((line) => line.includes(": cma_alloc_finish: "))).toHaveLength(1);
    expect(readFileSync(binary)[0]).toBe(0x0a);
    const ended = say("trace off");
    say("churn 1000 1");
    expect(say(`trace save ${text}`)).toBe(ended);
    done();
  });

  it("polls after each command: a run longer than the ring loses nothing", async () => {
    const { say, done } = await session();
    say("trace on");
    for (let i = 0; i < 8; i++) say("churn 15000");
    expect(say("trace off")).toMatch(/^[\d,]{7,} events\n$/);
    done();
  });

  it("refuses what means nothing", async () => {
    const { say, done } = await session();
    expect(say("trace off")).toBe("trace: it is off\n");
    expect(say("trace save")).toBe("trace: missing operand\n");
    expect(say(`trace save ${join(folder, "x")}`)).toBe("trace: nothing was recorded: trace on\n");
    expect(say("trace up")).toBe("trace: up: there are on, off and save FILE\n");
    say("trace on");
    expect(say(`trace save ${join(folder, "none", "x")}`)).toMatch(/cannot be written \(ENOENT\)/);
    done();
  });
});
