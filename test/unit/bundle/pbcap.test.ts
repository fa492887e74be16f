// Knows: what scripts/pbcap.sh collects, leaves out and redacts, under every POSIX shell that is at hand.
// Must not know: how a bundle is read.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { explain } from "../../../bindings/explain/index.js";
import { collectFiles } from "../../../bindings/importers/node.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { buildState } from "../../../bindings/rebuild/index.js";

const SCRIPT = fileURLToPath(new URL("../../../scripts/pbcap.sh", import.meta.url));
const FILES = fileURLToPath(new URL("../../golden/state/k61-e21-192MiB/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "pageblock-pbcap-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const SHELLS = [["dash"], ["busybox", "sh"], ["bash", "--posix"], ["sh"]].filter(
  ([program, ...rest]) => spawnSync(program!, [...rest, "-c", "exit 0"]).status === 0,
);

const DMESG = `[    0.000000] Linux version 6.1.192 (me@buildhost) #1 SMP
[    0.000000] Command line: root=/dev/sda1 androidboot.serialno=R5CT1234 cma=8M wifi.mac=aa:bb:cc:dd:ee:ff
[    5.100000] usb 1-1: SerialNumber: 0123456789AB
[    5.200000] wlan0: associated with 10:20:30:40:50:60 at 192.168.178.20, fe80:1:2:3:4:5:6:7
[    5.300000] CPU: 0 PID: 812 Comm: secretapp Not tainted 6.1.192 #1
[    5.310000] BUG at ffff888003a4c000
[    5.400000] cma: cma_alloc: reserved: alloc failed, req-size: 4096 pages, ret: -12
[    6.000000] Killed process 4711 (secretapp) total-vm:1kB
`;

/** A file system with the files of a real kernel in their places. */
function fixture(): string {
  const root = join(work, "root");
  const put = (path: string, content: Uint8Array | string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const unpacked = (name: string) => gunzipSync(readFileSync(join(FILES, `${name}.gz`)));
  for (const name of ["buddyinfo", "pagetypeinfo", "zoneinfo", "meminfo", "vmstat"])
    put(`proc/${name}`, unpacked(`${name}.txt`));
  for (const name of ["kpageflags", "kpagecount"]) put(`proc/${name}`, unpacked(`${name}.bin`));
  for (const line of unpacked("cma_debugfs.txt").toString().trim().split("\n")) {
    const [, file, value] = /^reserved (\w+): (.*)$/.exec(line)!;
    put(`sys/kernel/debug/cma/reserved/${file}`, `${value}\n`);
  }
  put("proc/version", "Linux version 6.1.192 (me@buildhost) #1 SMP\n");
  put("proc/cmdline", "root=/dev/sda1 androidboot.serialno=R5CT1234 cma=8M\n");
  put("proc/uptime", "12.00 13.00\n");
  return root;
}

/** `dmesg` that prints what the test wants, in front of the path. */
function fakeDmesg(): string {
  const bin = join(work, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "dmesg"), `#!/bin/sh\ncat <<'END'\n${DMESG}END\n`);
  chmodSync(join(bin, "dmesg"), 0o755);
  return bin;
}

function run(shell: readonly string[], args: readonly string[], root: string) {
  const [program, ...rest] = shell;
  const tmp = mkdtempSync(join(work, "tmp-"));
  const env = { PATH: `${fakeDmesg()}:${process.env["PATH"]}`, PBCAP_ROOT: root, TMPDIR: tmp };
  const { status, stdout, stderr } = spawnSync(program!, [...rest, SCRIPT, ...args], {
    env,
    encoding: "utf8",
    cwd: tmp,
  });
  return { status, stdout, stderr, tmp };
}

/** Everything in the bundle as text. */
function contents(path: string): string {
  return spawnSync("tar", ["xzOf", path], { encoding: "latin1", maxBuffer: 2 ** 30 }).stdout;
}

describe.each(SHELLS.map((shell) => ({ name: shell.join(" "), shell })))("under $name", ({ shell }) => {
  const root = fixture();

  it("makes a bundle that explain and snapshot take, and leaves nothing else behind", async () => {
    const { status, stdout, stderr, tmp } = run(shell, ["-o", "out.tgz"], root);
    expect(stderr).toMatch(/could not read:.*page_pinner/);
    expect(stdout).toMatch(/out\.tgz: \d+ files; next: pageblock explain/);
    expect(status).toBe(0);
    expect(readdirSync(tmp)).toEqual(["out.tgz"]);
    const facts = await collectFiles([join(tmp, "out.tgz")]);
    expect(facts.kernel).toBe("6.1.192");
    expect(facts.tables.map(({ kind }) => kind)).toEqual(["flags", "flags", "count"]);
    expect(explain(facts).failures).toMatchObject([{ pages: 4096, verdict: "IMPOSSIBLE" }]);
    const built = buildState(facts);
    expect(built.source).toBe("frames");
    using machine = await Machine.fromState(built.state);
    const names = ["buddyinfo.txt", "pagetypeinfo.txt", "zoneinfo.txt", "meminfo.txt", "vmstat.txt"];
    const loose = [...names, "kpageflags.bin", "kpagecount.bin", "cma_debugfs.txt"].map((name) =>
      join(FILES, `${name}.gz`),
    );
    using same = await Machine.fromState(buildState(await collectFiles(loose), { kernel: "6.1" }).state);
    expect(machine.digest()).toBe(same.digest());
  });

  it("--redact takes out serials, addresses and names of processes, and keeps what explain needs", async () => {
    const { status, tmp } = run(shell, ["--redact", "-o", "out.tgz"], root);
    expect(status).toBe(0);
    const all = contents(join(tmp, "out.tgz"));
    for (const secret of [
      "R5CT1234",
      "0123456789AB",
      "aa:bb:cc",
      "10:20:30",
      "192.168",
      "fe80",
      "secretapp",
      "ffff8880",
      "/dev/sda1",
    ])
      expect(all).not.toContain(secret);
    expect(all).toContain("cma=8M");
    const { failures } = explain(await collectFiles([join(tmp, "out.tgz")]));
    expect(failures).toMatchObject([{ pages: 4096, errno: -12 }]);
  });

  it("says what it could not read; where that is everything, it writes nothing and ends with 1", () => {
    const { status, stdout, stderr, tmp } = run(shell, [], join(work, "nowhere"));
    // The log of the fake dmesg is there still.
    expect(status).toBe(0);
    expect(stdout).toMatch(/pbcap\.tgz: 1 files/);
    expect(stderr).toMatch(/\/proc\/meminfo/);
    writeFileSync(join(tmp, "dmesg"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(tmp, "dmesg"), 0o755);
    const [program, ...rest] = shell;
    const own = mkdtempSync(join(work, "none-"));
    const env = { PATH: `${tmp}:${process.env["PATH"]}`, PBCAP_ROOT: join(work, "nowhere"), TMPDIR: own };
    const none = spawnSync(program!, [...rest, SCRIPT], { env, encoding: "utf8", cwd: own });
    expect(none.stderr).toMatch(/nothing could be read; run it as root/);
    expect(none.status).toBe(1);
    expect(readdirSync(own)).toEqual([]);
  });

  it("refuses a call that it does not know", () => {
    expect(run(shell, ["--what"], root).status).toBe(2);
    expect(run(shell, ["-o"], root).status).toBe(2);
  });
});

it("the shells of the gate are at hand", () => {
  const names = SHELLS.map(([program]) => program);
  if (process.env["CI"] !== undefined) expect(names).toEqual(expect.arrayContaining(["dash", "busybox"]));
  else expect(names.length).toBeGreaterThan(0);
});
