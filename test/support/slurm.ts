// Knows: a Slurm cluster of one node: its own keys, ports and folders, begun and ended by a test. Needs root.
// Must not know: what is run on it.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { sign } from "./children.js";

/** Ports that are free now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function configuration(folder: string, node: string, [controller, daemon]: readonly number[]): string {
  return `ClusterName=pageblock
SlurmctldHost=${node}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${join(folder, "munge.sock")}
SlurmctldPort=${controller}
SlurmdPort=${daemon}
SlurmctldPidFile=${join(folder, "slurmctld.pid")}
SlurmdPidFile=${join(folder, "slurmd.pid")}
SlurmctldLogFile=${join(folder, "slurmctld.log")}
SlurmdLogFile=${join(folder, "slurmd.log")}
StateSaveLocation=${join(folder, "state")}
SlurmdSpoolDir=${join(folder, "spool")}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=${node} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
`;
}

/** A daemon that does not end by itself in this time is killed. */
const PATIENCE_MS = 10_000;

export class Slurm {
  readonly #daemons: ChildProcess[] = [];
  readonly node = hostname().split(".")[0] ?? "localhost";
  readonly env: NodeJS.ProcessEnv;

  /** Nothing runs yet. */
  constructor(
    private readonly folder: string,
    env: NodeJS.ProcessEnv,
  ) {
    this.env = { ...env, SLURM_CONF: join(folder, "slurm.conf") };
  }

  /** Until its node is idle. */
  async begin(): Promise<void> {
    const { folder } = this;
    for (const name of ["state", "spool"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "munge.key"), randomBytes(128), { mode: 0o400 });
    writeFileSync(join(folder, "slurm.conf"), configuration(folder, this.node, await freePorts(2)));
    const own = (name: string) => join(folder, `munge.${name}`);
    this.#start("munged", [
      ...["-F", "--force", "--key-file", own("key"), "--socket", own("sock"), "--pid-file", own("pid")],
      ...["--log-file", own("log"), "--seed-file", own("seed")],
    ]);
    await sign(() => existsSync(own("sock")));
    this.#start("slurmctld", ["-D"]);
    this.#start("slurmd", ["-D"]);
    await sign(() => this.run("sinfo", "-h", "-o", "%t") === "idle");
  }

  #start(command: string, args: readonly string[]): void {
    this.#daemons.push(spawn(command, args, { env: this.env, stdio: "ignore" }));
  }

  /** What a command of Slurm prints. */
  run(command: string, ...args: readonly string[]): string {
    const { stdout } = spawnSync(command, args, { env: this.env, encoding: "utf8", timeout: PATIENCE_MS });
    return stdout?.trim() ?? "";
  }

  /** The number of a job. */
  submit(cwd: string, ...args: readonly string[]): string {
    const { stdout, stderr, status } = spawnSync("sbatch", ["--parsable", ...args], {
      cwd,
      env: this.env,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  /** Until no task of the job is waiting or running. */
  async ended(job: string): Promise<void> {
    await sign(() => this.run("squeue", "-h", "-j", job) === "");
  }

  /** Jobs and daemons end, however far it came. */
  async end(): Promise<void> {
    if (this.#daemons.length === 3) {
      this.run("scancel", "-u", "root");
      // Steps are processes of their own, which outlive the daemons.
      const until = performance.now() + PATIENCE_MS;
      await sign(() => this.run("squeue", "-h") === "" || performance.now() > until);
    }
    for (const daemon of this.#daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const gone = new Promise((resolve) => {
        daemon.once("exit", resolve);
      });
      daemon.kill("SIGTERM");
      const timer = setTimeout(() => daemon.kill("SIGKILL"), PATIENCE_MS);
      await gone;
      clearTimeout(timer);
    }
  }
}
