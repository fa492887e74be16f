// Knows: how a line of shell in a document is held against the table of commands and the scripts of package.json.
// Must not know: the documents.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { commandTable } from "../../bindings/cli/program.js";
import { ROOT } from "./blocks.js";

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const table = commandTable();

/** Commands of a line as words; a comment, a pipe, a redirection or a substitution ends one. */
function commandsIn(line: string): string[][] {
  const tokens = line.match(/"[^"]*"|'[^']*'|[|&;()]+|[^\s|&;()]+/g) ?? [];
  const found: string[][] = [[]];
  for (const token of tokens) {
    if (token.startsWith("#")) break;
    if (/^[|&;()]+$/.test(token)) found.push([]);
    else found.at(-1)?.push(token.replace(/^["']|["']$/g, ""));
  }
  return found.filter((words) => words.length > 0);
}

function misuseOfCommand(command: Command, words: readonly string[]): string[] {
  const [first = ""] = words;
  const inner = command.commands.find((other) => other.name() === first);
  if (inner !== undefined) return misuseOfCommand(inner, words.slice(1));
  if (command.commands.length > 0 && first !== "" && !first.startsWith("-"))
    return [`no command ${command.name()} ${first}`];
  const flags = words.filter((word) => /^-[a-zA-Z-]/.test(word)).map((word) => word.split("=")[0]);
  const known = command.options.flatMap(({ short, long }) => [short, long]);
  return flags
    .filter((flag) => !known.includes(flag) && !["-h", "--help", "-V", "--version"].includes(flag ?? ""))
    .map((flag) => `${command.name()} has no option ${flag}`);
}

/** What is wrong with the commands of `pageblock` and npm in a line of shell; [] when nothing is. */
export function misuseOf(line: string): string[] {
  return commandsIn(line).flatMap((words) => {
    const at = words.indexOf("pageblock");
    // What stands in front may start it: npx, srun, parallel with its options. "--job-name pageblock" is a name.
    if (at >= 0 && !/^-.*-name$/.test(words[at - 1] ?? ""))
      return misuseOfCommand(table, words.slice(at + 1));
    if (words[0] !== "npm") return [];
    const script = words[1] === "run" ? words[2] : words[1];
    if (words[1] !== "run" && !["start", "test"].includes(script ?? "")) return [];
    return script !== undefined && Object.hasOwn(scripts, script) ? [] : [`no script npm run ${script}`];
  });
}
