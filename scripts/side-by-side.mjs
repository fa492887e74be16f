// Knows: running several commands at once, as many as there are processors, each one's output whole when it ends.
// Must not know: what they do.
//
//   node scripts/side-by-side.mjs "biome check ." "tsc -p tsconfig.json"     exit 1 when one of them failed
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { delimiter, resolve } from "node:path";

const queue = process.argv.slice(2);
const PATH = resolve("node_modules/.bin") + delimiter + process.env.PATH;

function run(command) {
  return new Promise((done) => {
    const child = spawn(command, {
      shell: true,
      env: { ...process.env, PATH },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = [];
    child.stdout.on("data", (bytes) => said.push(bytes));
    child.stderr.on("data", (bytes) => said.push(bytes));
    child.on("close", (code) => {
      process.stdout.write(Buffer.concat(said));
      if (code !== 0) process.stdout.write(`failed: ${command}\n`);
      done(code === 0);
    });
  });
}

async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (!(await run(next))) process.exitCode = 1;
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
