// Knows: that the abi, which asc and tsc both compile, names the widths of its numbers (i32, u32), and that a program that
// uses the package has no such names: its declarations say number and boolean instead.
// Must not know: what they declare.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ABI = "dist/assembly/abi";

for (const name of readdirSync(ABI).filter((file) => file.endsWith(".d.ts"))) {
  const path = join(ABI, name);
  const text = readFileSync(path, "utf8");
  const plain = text.replace(/: [iuf](?:8|16|32|64)\b/g, ": number").replace(/: bool\b/g, ": boolean");
  if (plain !== text) writeFileSync(path, plain);
}
