// Knows: how the shell reads lines, what it answers, and with which exit code it ends.
// Must not know: what the files of the tree mean; whole sessions are in test/golden/shell.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ExitCode } from "../../../../bindings/cli/exit.js";
import { complete } from "../../../../bindings/cli/shell/complete.js";
import { ShellSession } from "../../../../bindings/cli/shell/session.js";
import {
  openSession,
  runShell,
  type ShellOptions,
  type ShellStreams,
} from "../../../../bindings/cli/shell/shell.js";
import { parseLine, ShellSyntaxError } from "../../../../bindings/cli/shell/words.js";
import { getPreset } from "../../../../bindings/device/index.js";
import { MiB } from "../../../../bindings/engine/units.js";
import { CaptureError } from "../../../../bindings/importers/errors.js";
import { DebugTree } from "../../../../bindings/kernel_text/tree/index.js";
import { Machine } from "../../../../bindings/machine/machine.js";

const EXAMPLE = fileURLToPath(new URL("../../../../examples/e07_pressure_atomic_s7", import.meta.url));

function collect(input: NodeJS.ReadableStream = Readable.from([])) {
  const output = new PassThrough();
  const error = new PassThrough();
  const streams: ShellStreams = { input, output, error };
  const text = (stream: PassThrough) => String(stream.read() ?? "");
  return { streams, out: () => text(output), err: () => text(error) };
}

/** Runs a script from standard input, or from -c. */
async function script(lines: string, options: ShellOptions = {}) {
  const { streams, out, err } = collect(Readable.from([lines]));
  const code = await runShell({ device: "tiny", ...options }, streams);
  return { code, out: out(), err: err() };
}

const words = (line: string) => parseLine(line).map((command) => command.words.map(({ text }) => text));

describe("a line", () => {
  it.each([
    ["ls  a\tb", [["ls", "a", "b"]]],
    ["", []],
    [" ; ;; ", []],
    ["# ls", []],
    ["ls #a", [["ls"]]],
    ["ls a#b", [["ls", "a#b"]]],
    ["ls; cd x ;pwd", [["ls"], ["cd", "x"], ["pwd"]]],
    [`echo 'a "b" \\'`, [["echo", 'a "b" \\']]],
    [`echo "a \\"b\\" \\n" c\\ d`, [["echo", 'a "b" \\n', "c d"]]],
    [`echo ''`, [["echo", ""]]],
    [`echo a'b'"c"`, [["echo", "abc"]]],
    ["echo 'a|b' \\$x", [["echo", "a|b", "$x"]]],
  ])("%j", (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it("says where output goes", () => {
    const targets = (line: string) => parseLine(line).map(({ target }) => target?.text);
    expect(targets("echo 1 > a; echo 1>b;echo >> c 1; ls")).toEqual(["a", "b", "c", undefined]);
    expect(words("echo >> c 1")).toEqual([["echo", "1"]]);
  });

  it.each(["echo 'a", 'echo "a', "echo >", "echo > ; ls", "> a", "ls | wc", "ls & ls", "echo $x", "cat < a"])(
    "refused: %s",
    (line) => {
      expect(() => parseLine(line)).toThrow(ShellSyntaxError);
    },
  );
});

describe("a script", () => {
  it("has no prompt; 0 when every command succeeded", async () => {
    expect(await script("cd cma/reserved\npwd\ncat count\n")).toEqual({
      code: ExitCode.OK,
      out: "/cma/reserved\n4096\n",
      err: "",
    });
  });

  it("goes on behind a failure, and ends with 2", async () => {
    const { code, out, err } = await script("cat x\nfrobnicate\ncat y cma/reserved/count z\npwd");
    expect(code).toBe(ExitCode.UNUSABLE);
    expect(out).toBe("4096\n/\n");
    expect(err).toBe(
      "cat: x: No such file or directory\nfrobnicate: command not found\n" +
        "cat: y: No such file or directory\ncat: z: No such file or directory\n",
    );
  });

  it("with -e it stops at the first failure, inside of a line too", async () => {
    for (const text of ["pwd\ncat x\npwd\n", "pwd; cat x; pwd"]) {
      const { code, out } = await script(text, { exitOnError: true });
      expect([code, out]).toEqual([ExitCode.UNUSABLE, "/\n"]);
    }
  });

  it("ends at exit, whatever follows", async () => {
    expect((await script("pwd\nexit\npwd\ncat x")).out).toBe("/\n");
    expect((await script("exit; cat x")).code).toBe(ExitCode.OK);
    expect((await script("cat x; exit")).code).toBe(ExitCode.UNUSABLE);
  });

  it("may come from -c, in one line or several", async () => {
    const { code, out } = await script("cat x", { command: "cd cma; ls\npwd" });
    expect([code, out]).toEqual([ExitCode.OK, "reserved\n/cma\n"]);
  });

  it("takes lines that end with CR LF", async () => {
    expect((await script("pwd\r\npwd\r\n")).out).toBe("/\n/\n");
  });

  it("echo writes one line; cat > FILE writes what it printed", async () => {
    const { code, out, err } = await script(
      "echo 5 > cma/reserved/alloc; cat cma/reserved/used; cat cma/reserved/used > cma/reserved/free; cat cma/reserved/used\n" +
        "echo -n 3 > cma/reserved/alloc; cat cma/reserved/used",
    );
    expect([code, out, err]).toEqual([ExitCode.OK, "5\n0\n3\n", ""]);
  });

  it("opens a target before it runs the command, as a shell does", async () => {
    const { out, err } = await script(
      "echo 1 > cma; echo 1 > x; echo 1 > buddyinfo; digest > cma/reserved/used; cat x > drop_pcps",
    );
    expect(out).toBe("");
    expect(err).toBe(
      "echo: cma: Is a directory\necho: x: No such file or directory\necho: buddyinfo: Permission denied\n" +
        "digest: cma/reserved/used: Permission denied\ncat: x: No such file or directory\n",
    );
  });

  it("expands patterns like a shell: sorted, quoted ones not, unmatched ones as they are", async () => {
    const { out, err } = await script(
      "echo node-0/zone-*/order-1?\necho cma/*/base_* '*' \\*\necho no*thing\ncat cma/*/co?nt\ncd node-0; echo zone-DMA/order-9/*e/count\necho /c*",
    );
    expect(out).toBe(
      "node-0/zone-DMA/order-10 node-0/zone-DMA32/order-10\ncma/reserved/base_pfn * *\nno*thing\n4096\n" +
        "zone-DMA/order-9/migrate-Isolate/count zone-DMA/order-9/migrate-Movable/count " +
        "zone-DMA/order-9/migrate-Reclaimable/count zone-DMA/order-9/migrate-Unmovable/count\n/cma\n",
    );
    expect(err).toBe("");
  });

  it("ls -l, ls of files, of several directories", async () => {
    const { out, err } = await script("ls -l cma frames/range; ls -x; ls nope; ls -1a frames");
    expect(out).toBe("-r--r--r-- frames/range\n\ncma:\ndr-xr-xr-x reserved\nrange\n");
    expect(err).toBe("ls: invalid option -- 'x'\nls: nope: No such file or directory\n");
  });

  it("refuses operands that mean nothing", async () => {
    const { err } = await script(
      "cat; cd a b; churn; churn x; churn 1 2 3; pin; pin x; pin 1; pin 99999999; unpin 5000; tree -L x",
    );
    expect(err.split("\n")).toEqual([
      "cat: missing operand",
      "cd: extra operand 'b'",
      "churn: missing operand",
      "churn: x: Invalid argument",
      "churn: extra operand '3'",
      "pin: missing operand",
      "pin: x: Invalid argument",
      "pin: 1: not allocated",
      "pin: 99999999: Invalid argument",
      "unpin: 5000: bad pin",
      "tree: x: Invalid argument",
      "",
    ]);
  });

  it("churn, validate and digest are the machine's own", async () => {
    using machine = await Machine.create("tiny");
    machine.churn({ steps: 5000, seed: 9 });
    const { out } = await script("churn 2000 9; churn 3000; digest; validate");
    expect(out.split("\n").slice(2)).toEqual([machine.digest(), "sound", ""]);
    const { allocated, released, failed } = machine.churnResult();
    expect(out.split("\n")[1]?.replaceAll(",", "")).toBe(
      `${allocated} allocations ${released} frees ${failed} failures`,
    );
    const again = await script("churn 100; churn 5000 9; digest", { core: "checked" });
    expect(again.code).toBe(ExitCode.OK);
  });

  it("a pin keeps a page where it is", async () => {
    const { out, err } = await script("churn 3000; pin 0x1f00; cat frames/7936; unpin 7936; unpin 7936");
    expect(out).toMatch(/^pins: 1$/m);
    expect(err).toBe("unpin: 7936: bad pin\n");
  });

  it("no control character of a name reaches the terminal", async () => {
    const { streams, out, err } = collect();
    const areas = [{ name: "a\u001b[31mb\u0007", size: MiB(2) }];
    const machine = await Machine.create({ ...getPreset("tiny"), areas });
    const print = (text: string) => streams.output.write(text);
    const raw = new ShellSession(machine, new DebugTree(machine), { print, complain: print });
    raw.run("ls cma; echo 'x\u001b]0;y\u0007' > cma/nothing");
    // The names of files have lost theirs; what else is printed goes through the filter of openSession().
    expect(out()).not.toContain("a\u001b");
    machine.dispose();
    const session = await openSession({ device: "tiny" }, streams);
    session.run("echo '\u001b[2J\u009b1m\u007f\r'; cat '\u001b[2J'");
    expect(out()).toBe("?[2J?1m??\n");
    expect(err()).toBe("cat: ?[2J: No such file or directory\n");
    session.machine.dispose();
  });
});

describe("--capture", () => {
  it("opens the state before, with or without files beside it", async () => {
    const { code, out, err } = await script("cat buddyinfo; cat cma/reserved/count; validate", {
      capture: EXAMPLE,
    });
    expect([code, err]).toEqual([ExitCode.OK, ""]);
    expect(out).toMatch(
      /^Node 0, zone {6}DMA( +\d+){11} \nNode 0, zone {4}DMA32( +\d+){11} \n16384\nsound\n$/,
    );
  });

  it("says what is wrong with a directory", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pageblock-"));
    try {
      await expect(script("ls", { capture: join(folder, "none") })).rejects.toThrow("is not a directory");
      await expect(script("ls", { capture: folder })).rejects.toThrow(CaptureError);
      writeFileSync(join(folder, "state_before.txt"), "nonsense\n");
      await expect(script("ls", { capture: folder })).rejects.toThrow("is not the head of a state dump");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("an unknown device is refused with the closest name", async () => {
    await expect(script("ls", { device: "tinny" })).rejects.toThrow('Did you mean "tiny"?');
  });
});

/** A person at a terminal: types, reads. */
function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  const error = new PassThrough();
  return { streams: { input, output, error } as unknown as ShellStreams, input, output, error };
}

describe("with a terminal", () => {
  it("there is a prompt, columns, and 0 at the end whatever failed", async () => {
    const { streams, input, output, error } = terminal();
    const done = runShell({ device: "tiny" }, streams);
    for (const line of ["cd cma", "cat x", "ls /", "exit"]) input.write(`${line}\n`);
    expect(await done).toBe(ExitCode.OK);
    const text = String(output.read());
    expect(text).toContain("pageblock:/$ ");
    expect(text).toContain("pageblock:/cma$ ");
    expect(text).toContain(
      "buddyinfo  drop_pcps  pagetypeinfo\ncma        frames     vmstat\ndmesg      node-0     zoneinfo\n",
    );
    expect(String(error.read())).toBe("cat: x: No such file or directory\n");
  });

  it("the end of input leaves", async () => {
    const { streams, input } = terminal();
    const done = runShell({ device: "tiny" }, streams);
    input.end("pwd\n");
    expect(await done).toBe(ExitCode.OK);
  });

  it("Tab completes commands, names and directories", async () => {
    const session = await openSession({ device: "tiny" }, collect().streams);
    expect(complete(session, "c")).toEqual([["cd ", "cat ", "churn "], "c"]);
    expect(complete(session, "ls; pw")).toEqual([["pwd "], "pw"]);
    expect(complete(session, "cat b")).toEqual([["buddyinfo"], "b"]);
    expect(complete(session, "ls node-0/zone-DMA")).toEqual([
      ["node-0/zone-DMA/", "node-0/zone-DMA32/"],
      "node-0/zone-DMA",
    ]);
    session.run("cd cma/reserved");
    expect(complete(session, "echo 1 > a")[0]).toEqual([
      "alloc",
      "alloc_pages_fail",
      "alloc_pages_success",
      "available_pages",
    ]);
    expect(complete(session, "echo 1 >al")).toEqual([
      ["alloc", "alloc_pages_fail", "alloc_pages_success"],
      "al",
    ]);
    expect(complete(session, "cat ../../bud")).toEqual([["../../buddyinfo"], "../../bud"]);
    expect(complete(session, "cat nothing/x")).toEqual([[], "nothing/x"]);
    expect(complete(session, "cat ")[0]).toContain("used");
    session.machine.dispose();
  });
});
