// Knows: how TypeScript blocks of documents are compiled, all at once, against the declarations that the package ships.
// Must not know: which blocks there are.

import { join } from "node:path";
import ts from "typescript";
import { type Block, ROOT } from "./blocks.js";

const DOORS = ["explain", "capture", "bitmap", "kernel", "node"];
const declarations = (door: string) => [join(ROOT, "dist/bindings/doors", `${door}.d.ts`)];

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ["node"],
  typeRoots: [join(ROOT, "node_modules/@types")],
  paths: {
    pageblock: declarations("pageblock"),
    ...Object.fromEntries(DOORS.map((door) => [`pageblock/${door}`, declarations(door)])),
  },
};

/** What the compiler says of each block, with its place. A block's "given" lines stand in front of it. */
export function problemsOf(blocks: readonly Block[]): string[] {
  const sources = new Map(
    blocks.map((block, i) => {
      const given = block.given.filter((line) => !/^\S+ = \S+$/.test(line));
      return [join(ROOT, "test/docs", `block_${i}.ts`), { block, given, text: block.text }];
    }),
  );
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const source = sources.get(name);
    if (source === undefined) return getSourceFile.call(host, name, version, ...rest);
    const text = `${source.given.join(" ")}\n${source.text}\nexport {};\n`;
    return ts.createSourceFile(name, text, version, true);
  };
  const program = ts.createProgram([...sources.keys()], OPTIONS, host);
  return [...sources].flatMap(([name, { block }]) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText, start = 0 }) => {
        const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
        const text = ts.flattenDiagnosticMessageText(messageText, " ");
        return `${block.document}:${block.line + line}: ${text}`;
      },
    );
  });
}
