// Knows: how the table of commands becomes a completion for bash and for zsh.
// Must not know: which commands and options there are.
//
// Words that are known by name (scenarios, policies, devices) belong to an option or an argument by its value's name:
// --policy <name,...>, [scenario], --device <preset>. Everything else is a file, or the user's own.

import type { Argument, Command, Option } from "commander";
import { presetNames } from "../device/presets/index.js";
import { policyNames } from "../policy/index.js";
import { scenarioNames } from "../scenario/presets/index.js";
import { ExitCode, UsageError } from "./exit.js";
import { out } from "./terminal.js";

/** The shells that there is a completion for. */
export const SHELLS = ["bash", "zsh"] as const;

/** A command that can be called, with the words that lead to it. */
interface Node {
  /** Without "pageblock": "bench search"; empty for the command itself. */
  readonly path: string;
  readonly command: Command;
}

function nodesOf(command: Command, path = ""): Node[] {
  const inner = command.commands.flatMap((own) =>
    nodesOf(own, path === "" ? own.name() : `${path} ${own.name()}`),
  );
  return [{ path, command }, ...inner];
}

interface Words {
  readonly words: readonly string[];
  /** Several, joined by commas. */
  readonly isList: boolean;
}

/** What may stand behind an option; undefined: a file, or anything. */
function valuesOf({ long, flags, argChoices }: Option): Words | undefined {
  if (argChoices !== undefined) return { words: argChoices, isList: false };
  if (long === "--policy" || long === "--beside")
    return { words: policyNames, isList: flags.includes(",...") };
  if (long === "--device") return { words: presetNames, isList: false };
  return undefined;
}

function wordsOf({ _name: name, argChoices }: Argument & { readonly _name?: string }): readonly string[] {
  if (argChoices !== undefined) return argChoices;
  return name === "scenario" ? scenarioNames : [];
}

const flagsOf = ({ short, long }: Option) => [short, long].filter((flag) => flag !== undefined);
const optionsOf = ({ options }: Command) => [...options.flatMap(flagsOf), "-h", "--help"];
const takesValue = ({ required, optional }: Option) => required || optional;

/** For `source <(pageblock completion bash)`. */
function bash(root: Command): string {
  const nodes = nodesOf(root);
  const quoted = (words: readonly string[]) => `"${words.join(" ")}"`;
  const paths = nodes
    .filter(({ path }) => path !== "")
    .map(({ path }) => `"${path.includes(" ") ? path : ` ${path}`}"`);
  const values = nodes.flatMap(({ path, command }) =>
    command.options.filter(takesValue).map((option) => {
      const answer = valuesOf(option);
      const call =
        answer === undefined
          ? "return"
          : `_pageblock_words ${quoted(answer.words)} ${answer.isList ? "list" : ""}; return`;
      return `    ${flagsOf(option)
        .map((flag) => `"${path}:${flag}"`)
        .join("|")}) ${call.replace(" ;", ";")} ;;`;
    }),
  );
  const words = nodes.map(({ path, command }) => {
    const own = command.commands.map((inner) => inner.name());
    const named = command.registeredArguments.flatMap(wordsOf);
    return `    "${path}") words=${quoted([...own, ...named])} options=${quoted(optionsOf(command))} ;;`;
  });
  return `# Completion of pageblock for bash: source <(pageblock completion bash)
_pageblock_words() {
  local done=
  [[ \${2-} == list && $cur == *,* ]] && done=\${cur%,*},
  mapfile -t COMPREPLY < <(compgen -P "$done" -W "$1" -- "\${cur#"$done"}")
}
_pageblock() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= word words= options=
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
    ${paths.join("|")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path:$prev" in
${values.join("\n")}
  esac
  case "$path" in
${words.join("\n")}
  esac
  if [[ $cur == -* ]]; then _pageblock_words "$options"; else _pageblock_words "$words"; fi
}
complete -o default -F _pageblock pageblock
`;
}

/** In single quotes of zsh. */
function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** In the brackets of an option's description, and in the messages of _arguments. */
function zshText(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, (sign) => `\\${sign}`);
}

function zshOption(option: Option): string {
  const text = `[${zshText(option.description)}]`;
  const answer = valuesOf(option);
  const action =
    answer === undefined
      ? "_files"
      : answer.isList
        ? `_values -s , word ${answer.words.join(" ")}`
        : `(${answer.words.join(" ")})`;
  const behind = takesValue(option) ? `:${zshText(option.attributeName())}:${action}` : "";
  return flagsOf(option)
    .map((flag) => `      ${zshQuoted(`${flag}${text}${behind}`)} \\\n`)
    .join("");
}

function zshArgument(argument: Argument, at: number): string {
  const words = wordsOf(argument);
  const action =
    words.length === 0 ? "_files" : `{_alternative "words:word:(${words.join(" ")})" "files:file:_files"}`;
  return `      ${zshQuoted(`${argument.variadic ? "*" : at + 1}:${zshText(argument.name())}:${action}`)} \\\n`;
}

/** One level of commands: its names, and what each takes. */
function zshLevel(command: Command, name: string): string {
  const inner = command.commands;
  const described = inner.map((own) => `      ${zshQuoted(`${own.name()}:${own.description()}`)}`).join("\n");
  const cases = inner.map((own) => {
    if (own.commands.length > 0) return `    ${own.name()}) ${name}_${own.name()} ;;`;
    const options = own.options.map(zshOption).join("");
    const words = own.registeredArguments.map(zshArgument).join("");
    return `    ${own.name()})\n      _arguments -s \\\n${options}${words}      '(- *)'{-h,--help}'[display help]' ;;`;
  });
  const deeper = inner
    .filter((own) => own.commands.length > 0)
    .map((own) => zshLevel(own, `${name}_${own.name()}`));
  return `${deeper.join("")}${name}() {
  local -a commands
  local context state line
  _arguments -C '(- *)'{-h,--help}'[display help]' '(- *)'{-V,--version}'[version]' '1: :->command' '*:: :->rest'
  case $state in
  command)
    commands=(
${described}
    )
    _describe -t commands command commands ;;
  rest)
    case $words[1] in
${cases.join("\n")}
    esac ;;
  esac
}
`;
}

/** For `source <(pageblock completion zsh)`, and as a file _pageblock in a folder of fpath. */
function zsh(root: Command): string {
  return `#compdef pageblock
# Completion of pageblock for zsh: source <(pageblock completion zsh)
${zshLevel(root, "_pageblock")}if [ "$funcstack[1]" = _pageblock ]; then _pageblock "$@"; else compdef _pageblock pageblock; fi
`;
}

/** The completion of a shell, as text that the shell reads. */
export function completionFor(shell: string, root: Command): string {
  if (shell === "bash") return bash(root);
  if (shell === "zsh") return zsh(root);
  throw new UsageError(`completion ${shell}: expected one of ${SHELLS.join(", ")}`);
}

/** Prints it. */
export function runCompletion(shell: string, root: Command): ExitCode {
  out(completionFor(shell, root));
  return ExitCode.OK;
}
