// Knows: that every session of this folder goes as it is written down.
// Must not know: what the sessions are about.
//
// A session begins with `# pageblock shell OPTIONS`; lines that begin with `$ ` are typed, the others answered. With
// UPDATE_GOLDEN=1 the answers are written anew: read the difference before you keep it.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openSession, type ShellOptions } from "../../../bindings/cli/shell/shell.js";

const FOLDER = new URL(".//", import.meta.url);
const ROOT = new URL("../../../", import.meta.url);
const sessions = readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));

/** `# pageblock shell --device tiny`: long options with a value. Paths are those of the project. */
function optionsOf(line: string): ShellOptions {
  const [, text] = /^# pageblock shell((?: --(?:device|capture|core) \S+)*)$/.exec(line) ?? [];
  if (text === undefined) throw new Error(`not a session: ${line}`);
  const options = Object.fromEntries(
    [...text.matchAll(/--(\w+) (\S+)/g)].map(([, name, value]) => [name, value]),
  );
  if (options["capture"] === undefined) return options;
  return { ...options, capture: fileURLToPath(new URL(options["capture"], ROOT)) };
}

/** The session with the answers of today. */
async function perform(written: string): Promise<string> {
  const [head = "", ...lines] = written.split("\n");
  let text = `${head}\n`;
  const sink = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const session = await openSession(optionsOf(head), { input: process.stdin, output: sink, error: sink });
  for (const line of lines.filter((each) => each.startsWith("$ "))) {
    text += `${line}\n`;
    session.run(line.slice(2));
  }
  session.machine.dispose();
  return text;
}

describe("sessions", () => {
  it("are there", () => {
    expect(sessions.length).toBeGreaterThan(3);
  });

  it.each(sessions)("%s", async (name) => {
    const file = new URL(name, FOLDER);
    const written = readFileSync(file, "utf8");
    const performed = await perform(written);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, performed);
    else expect(performed).toBe(written);
  });

  it("canary: another answer would be noticed", async () => {
    const written = readFileSync(new URL("errors.txt", FOLDER), "utf8").replace(
      "Permission denied",
      "Permission granted",
    );
    expect(await perform(written)).not.toBe(written);
  });
});
