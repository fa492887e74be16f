// Knows: how a line of the shell becomes commands: words, quotes, patterns, > and ;.
// Must not know: what a command does, files.

/** One character of a word; a quoted one has no meaning of its own. */
interface Character {
  readonly text: string;
  readonly quoted: boolean;
}

/** A word as it was typed. */
export class Word {
  readonly #characters: readonly Character[];
  readonly text: string;

  constructor(characters: readonly Character[]) {
    this.#characters = characters;
    this.text = characters.map(({ text }) => text).join("");
  }

  get isPattern(): boolean {
    return this.#characters.some(({ text, quoted }) => !quoted && (text === "*" || text === "?"));
  }

  /** The parts between slashes: a name, or a pattern for names. Only for patterns. */
  parts(): (string | RegExp)[] {
    const parts: Character[][] = [[]];
    for (const character of this.#characters) {
      if (character.text === "/") parts.push([]);
      else parts.at(-1)?.push(character);
    }
    return parts.map((part) => {
      const word = new Word(part);
      return word.isPattern ? new RegExp(`^${part.map(patternOf).join("")}$`) : word.text;
    });
  }
}

function patternOf({ text, quoted }: Character): string {
  if (!quoted && text === "*") return ".*";
  if (!quoted && text === "?") return ".";
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** One command with its words, and where its output goes if not to the terminal. */
export interface CommandLine {
  readonly words: readonly Word[];
  readonly target: Word | undefined;
}

/** A line that is not understood. */
export class ShellSyntaxError extends Error {}

type Token = Word | ">" | ";";

/** Characters that would mean something to a shell and mean nothing here: better refused than taken literally. */
const REFUSED = new Set(["|", "&", "<", "`", "$", "(", ")"]);

/** The rest of a quoted stretch; answers the index of its closing quote. */
function readQuoted(line: string, from: number, into: Character[]): number {
  const quote = line[from];
  for (let i = from + 1; i < line.length; i++) {
    let text = line[i] ?? "";
    if (text === quote) return i;
    if (quote === '"' && text === "\\" && '"\\'.includes(line[i + 1] ?? " ")) text = line[++i] ?? "";
    into.push({ text, quoted: true });
  }
  throw new ShellSyntaxError(`unterminated ${quote}`);
}

function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let word: Character[] | undefined;
  const end = () => {
    if (word !== undefined) tokens.push(new Word(word));
    word = undefined;
  };
  for (let i = 0; i < line.length; i++) {
    const text = line[i] ?? "";
    if (/\s/.test(text)) end();
    else if (text === "#" && word === undefined) break;
    else if (text === "'" || text === '"') {
      word ??= [];
      i = readQuoted(line, i, word);
    } else if (text === ">" || text === ";") {
      end();
      tokens.push(text);
    } else if (REFUSED.has(text)) {
      throw new ShellSyntaxError(`${text} is not supported; quote it to mean the character`);
    } else {
      word ??= [];
      const escaped = text === "\\" && i + 1 < line.length;
      word.push({ text: escaped ? (line[++i] ?? "") : text, quoted: escaped });
    }
  }
  end();
  return tokens;
}

/** `>>` means the same as `>`: there is nothing to append to. */
function commandOf(tokens: readonly Token[]): CommandLine {
  const words: Word[] = [];
  let target: Word | undefined;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token instanceof Word) words.push(token);
    if (token !== ">") continue;
    if (tokens[i + 1] === ">") i++;
    const next = tokens[++i];
    if (!(next instanceof Word)) throw new ShellSyntaxError("> needs a file behind it");
    target = next;
  }
  if (words.length === 0 && target !== undefined) throw new ShellSyntaxError("> needs a command before it");
  return { words, target };
}

/** The commands of a line, in order. @throws ShellSyntaxError */
export function parseLine(line: string): CommandLine[] {
  const groups: Token[][] = [[]];
  for (const token of tokensOf(line)) {
    if (token === ";") groups.push([]);
    else groups.at(-1)?.push(token);
  }
  return groups.map(commandOf).filter(({ words }) => words.length > 0);
}
