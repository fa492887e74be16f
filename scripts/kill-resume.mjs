// Knows: the promise of docs/scale.md, tried as it is worded: `pageblock run ... --out X` is killed with -9 at random moments and
// gone on with until it is finished; nothing finished is lost, and the files are the bytes of an undisturbed run.
// Must not know: what a run is.
//
//   node scripts/kill-resume.mjs t60.yaml --seeds 40 --jobs 2       exit 0: it holds; what was counted is printed
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const FILES = ["report.html", "result.json", "series.csv", "series.parquet"];
const args = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "pageblock-kill-"));
const [whole, kept] = ["undisturbed/out", "killed/out"].map((name) => join(folder, name));

/** @returns exit code, null when it was killed after `milliseconds` */
function run(out, more, milliseconds) {
  const child = spawn(process.execPath, [MAIN, "run", ...args, "--out", out, ...more], { stdio: "ignore" });
  const timer =
    milliseconds === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), milliseconds);
  return new Promise((resolve) => {
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

/** Whole lines with a result. */
function finished() {
  const journal = join(kept, "journal.jsonl");
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, "utf8").split("\n").slice(1, -1);
  return lines.map((line) => line.split("\t")[1]).filter((key) => key !== '""' && !key.startsWith('"!'));
}

/** A report says by which command it was made. */
function bytesOf(out, file) {
  return readFileSync(join(out, file), "utf8").replaceAll(out, "OUT").replaceAll(" --resume", "");
}

try {
  const began = performance.now();
  if ((await run(whole, [])) !== 0) throw new Error("the undisturbed run did not end well");
  const longest = performance.now() - began;
  let kills = 0;
  let lost = 0;
  let code = null;
  for (let before = []; code === null; before = finished()) {
    code = await run(
      kept,
      existsSync(join(kept, "journal.jsonl")) ? ["--resume"] : [],
      Math.random() * longest * 0.4,
    );
    if (code === null) kills += 1;
    const now = new Set(finished());
    lost += before.filter((key) => !now.has(key)).length;
  }
  if (code !== 0) throw new Error(`it ended with exit code ${code}`);
  const again = finished().length - new Set(finished()).size;
  const other = FILES.filter((file) => bytesOf(whole, file) !== bytesOf(kept, file));
  console.log(
    `${new Set(finished()).size} runs; killed ${kills} times; finished runs lost: ${lost}, run again: ${again}; ` +
      (other.length === 0 ? "all files are the same bytes" : `other bytes: ${other.join(", ")}`),
  );
  process.exitCode = lost + again + other.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
