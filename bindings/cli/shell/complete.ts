// Knows: what the Tab key offers: commands, then names of the tree.
// Must not know: the terminal.

import { DebugTreeError } from "../../kernel_text/tree/index.js";
import { commands } from "./commands.js";
import type { ShellSession } from "./session.js";

function pathsBehind(session: ShellSession, typed: string): string[] {
  const slash = typed.lastIndexOf("/") + 1;
  const base = typed.slice(0, slash);
  try {
    const entries = session.tree.list(session.resolve(base === "" ? "." : base));
    return entries.map(({ name, kind }) => `${base}${name}${kind === "directory" ? "/" : ""}`);
  } catch (error) {
    if (error instanceof DebugTreeError) return [];
    throw error;
  }
}

/** Everything that the last word of the line may become, and that word. */
export function complete(session: ShellSession, line: string): [string[], string] {
  const command = line.slice(line.lastIndexOf(";") + 1).trimStart();
  const word = /[^\s>;]*$/.exec(command)?.[0] ?? "";
  const all = command === word ? Object.keys(commands).map((name) => `${name} `) : pathsBehind(session, word);
  const found = all.filter((candidate) => candidate.startsWith(word));
  return [found, word];
}
