// Makes docs/pageblock.1 from the table of commands; npm run docs writes it. `man ./docs/pageblock.1` shows it.
import { examplesOf } from "../../dist/bindings/cli/edge.js";
import { commandTable } from "../../dist/bindings/cli/program.js";

/** Text as roff takes it: no sign of it is a command, and a hyphen is one that can be copied. */
function roff(text) {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^(['.])/gm, "\\&$1");
}

function nodesOf(command, path) {
  return command.commands.flatMap((own) => {
    const name = `${path} ${own.name()}`;
    return own.commands.length > 0 ? nodesOf(own, name) : [{ name, command: own }];
  });
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

function optionLines({ flags, description, defaultValue, argChoices }) {
  const choices = argChoices === undefined ? "" : ` (${argChoices.join(", ")})`;
  const normal =
    defaultValue === undefined || typeof defaultValue === "boolean" ? "" : `; ${defaultValue} when absent`;
  return [".TP", `\\fB${roff(flags)}\\fR`, roff(`${description}${choices}${normal}`)];
}

function commandLines({ name, command }) {
  const synopsis = `${name} ${command.usage()}`
    .replace("[options]", command.options.length > 0 ? "[options]" : "")
    .trim();
  return [
    `.SS ${roff(synopsis)}`,
    roff(sentence(command.description())),
    ...command.registeredArguments.flatMap((argument) => [
      ".TP",
      `\\fI${roff(argument.name())}\\fR`,
      roff(
        argument.description +
          (argument.argChoices === undefined ? "" : ` (${argument.argChoices.join(", ")})`),
      ),
    ]),
    ...command.options.flatMap(optionLines),
    ...examplesOf(command).flatMap((example) => [".PP", ".EX", roff(example), ".EE"]),
  ];
}

/** [code, meaning]; bindings/cli/exit.ts has their names. */
const EXIT = [
  ["0", "done"],
  ["1", "done, and the answer is no: a replay disagrees, a reservation cannot work, parts are missing"],
  ["2", "unusable input or a wrong call; one line says what was expected"],
  ["3", "the input can be read, and what was looked for is not in it"],
  ["70", "a fault of pageblock itself"],
  ["75", "stopped at a signal after the work in hand; the same command goes on"],
  ["130", "interrupted; what was finished is kept"],
];

/** The text of docs/pageblock.1. */
export function makeManual() {
  const table = commandTable();
  const lines = [
    `.\\" Made by npm run docs from bindings/cli/program.ts: change it there.`,
    `.TH PAGEBLOCK 1 "" "pageblock ${table.version()}" "User Commands"`,
    ".SH NAME",
    "pageblock \\- the Linux page allocator and CMA, page by page",
    ".SH SYNOPSIS",
    ".B pageblock",
    "\\fIcommand\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]",
    ".SH DESCRIPTION",
    roff(table.description()),
    "Documents: docs/ of the package.",
    ".SH COMMANDS",
    ...nodesOf(table, "pageblock").flatMap(commandLines),
    ".SH EXIT STATUS",
    ...EXIT.flatMap(([code, meaning]) => [".TP", `.B ${code}`, roff(meaning)]),
    ".SH ENVIRONMENT",
    ".TP",
    ".B NO_COLOR",
    "Plain text on a terminal too.",
    ".TP",
    ".B PAGEBLOCK_STACK",
    "Errors of pageblock itself show where they came from.",
    ".TP",
    ".B PAGEBLOCK_SHARD",
    roff("The part of a sweep, I/N, where no --shard is given."),
  ];
  return `${lines.join("\n")}\n`;
}
