import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Journal, lock, prepareFolder, Work, writeAside } from "../../../bindings/durable/index.js";
import { CallError } from "../../../bindings/engine/errors.js";
import { inFolder } from "../../support/cli.js";

const identity = { work: "test", version: "1" };

interface Value {
  readonly text: string;
}

function open(path: string): Journal<Value> {
  return Journal.open<Value>(path, identity);
}

/** A journal of two values, closed. */
function written(folder: string): string {
  const path = join(folder, "journal");
  const journal = open(path);
  journal.append("a", { text: "tab\t and line\n" });
  journal.append("b", { text: "ü".repeat(2 ** 20) });
  journal.close();
  return path;
}

describe("a journal", () => {
  it("gives back what was appended, in any order, again and again", async () => {
    await inFolder((folder) => {
      const journal = open(written(folder));
      expect([...journal.keys]).toEqual(["a", "b"]);
      journal.append("a", { text: "later" });
      const values = journal.values(["b", "a"]);
      for (let time = 0; time < 2; time++)
        expect([...values].map(({ text }) => text.slice(0, 5))).toEqual(["üüüüü", "later"]);
      expect(() => journal.read("c")).toThrow(CallError);
      journal.close();
    });
  });

  it("cut off at any byte, it has the lines that are whole, and goes on behind them", async () => {
    await inFolder((folder) => {
      const path = join(folder, "journal");
      const ends: number[] = [];
      const journal = open(path);
      for (const key of ["a", "b", "c"]) {
        ends.push(readFileSync(path).length);
        journal.append(key, { text: key });
      }
      journal.close();
      const whole = readFileSync(path);
      for (let length = 1; length <= whole.length; length++) {
        writeFileSync(path, whole.subarray(0, length));
        const again = open(path);
        const kept =
          length === whole.length ? 3 : Math.max(0, ends.filter((end) => end <= length).length - 1);
        expect([...again.keys], `${length} bytes`).toEqual(["a", "b", "c"].slice(0, kept));
        for (const key of ["a", "b", "c"].slice(kept)) again.append(key, { text: key });
        again.close();
        expect(readFileSync(path).equals(whole), `${length} bytes`).toBe(true);
      }
    });
  });

  it("a last line of zeros, as a power failure leaves it, is cut off", async () => {
    await inFolder((folder) => {
      const path = written(folder);
      const length = readFileSync(path).length;
      appendFileSync(path, Buffer.concat([Buffer.alloc(4096), Buffer.from("\n")]));
      const journal = open(path);
      expect(journal.size).toBe(2);
      journal.close();
      expect(readFileSync(path).length).toBe(length);
    });
  });

  it("refuses other work, damage in the middle, and files of somebody else, and leaves them as they are", async () => {
    await inFolder((folder) => {
      const path = written(folder);
      expect(() => Journal.open(path, { ...identity, version: "2" })).toThrow(
        /has results of other work \(version: 1 there, 2 here\)/,
      );
      const bytes = readFileSync(path);
      bytes[bytes.indexOf("tab") + 1] = 0x41;
      writeFileSync(path, bytes);
      expect(() => open(path)).toThrow(/journal:2 is damaged, and whole lines follow it/);
      for (const text of ["hello\n", "hello", "0123456789abcdef hello\n", "\0\0\n"]) {
        writeFileSync(path, text);
        expect(() => open(path), text).toThrow(/is no journal of pageblock/);
        expect(readFileSync(path, "utf8")).toBe(text);
      }
    });
  });
});

describe("work in a folder", () => {
  const begin = (folder: string, resume = false) => Work.begin<Value>(folder, { identity, resume });
  const error = { name: "Error", code: "ERR_WORKER_OUT_OF_MEMORY", message: "no memory" };

  it("knows what is done, what failed and what is to do", async () => {
    await inFolder((folder) => {
      const keys = ["one", "two", "three"];
      const work = begin(folder);
      work.keep("two", { result: { text: "2" } });
      work.keep("three", { error });
      work.close();
      using again = begin(folder, true);
      expect(again.done(keys)).toEqual(["two"]);
      expect(again.todo(keys)).toEqual(["one", "three"]);
      expect(again.failures(keys)).toEqual([{ key: "three", error }]);
      again.keep("three", { result: { text: "3" } });
      expect(again.failures(keys)).toEqual([]);
      expect([...again.results(keys)].map(({ text }) => text)).toEqual(["2", "3"]);
    });
  });

  it("that is unfinished is not begun anew; finished work is", async () => {
    await inFolder((folder) => {
      const work = begin(folder);
      work.keep("one", { result: { text: "1" } });
      work.close();
      expect(() => begin(folder)).toThrow(/has 1 finished run of one that was interrupted: --resume/);
      const rest = begin(folder, true);
      rest.finish();
      rest.close();
      using anew = begin(folder);
      expect(anew.done(["one"])).toEqual([]);
    });
  });

  it("is written by one process at a time; the lock of one that is gone is void", async () => {
    await inFolder((folder) => {
      using _work = begin(folder);
      expect(() => begin(folder, true)).toThrow(`is being written by process ${process.pid}`);
      const path = join(folder, "x.lock");
      const gone = { pid: 2 ** 22 - 1, host: hostname(), started: "1" };
      writeFileSync(path, JSON.stringify({ ...gone, pid: process.pid, started: "1" }));
      lock(path, "x").release();
      writeFileSync(path, JSON.stringify(gone));
      const held = lock(path, "x");
      expect(() => lock(path, "x")).toThrow(/being written by process/);
      held.release();
      writeFileSync(path, JSON.stringify({ ...gone, host: "elsewhere" }));
      expect(() => lock(path, "x")).toThrow(/by process \d+ on elsewhere; if that machine is not running/);
      expect(readdirSync(folder).filter((name) => name.startsWith("x."))).toEqual(["x.lock"]);
    });
  });
});

describe("files", () => {
  it("are there in whole or not at all", async () => {
    await inFolder((folder) => {
      const path = join(folder, "file");
      writeAside(path, (put) => put("old"));
      const filling = () =>
        writeAside(path, (put) => {
          put("x".repeat(3 * 2 ** 20));
          throw new Error("in the middle");
        });
      expect(filling).toThrow("in the middle");
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readdirSync(folder)).toEqual(["file"]);
    });
  });

  it("a folder that cannot be written is found before any work", async () => {
    await inFolder((folder) => {
      writeFileSync(join(folder, "file"), "");
      expect(() => prepareFolder(join(folder, "file"))).toThrow(/EEXIST/);
      expect(() => prepareFolder(join(folder, "file", "below"))).toThrow(/ENOTDIR/);
      prepareFolder(join(folder, "new", "below"));
      expect(readdirSync(join(folder, "new", "below"))).toEqual([]);
    });
  });

  it.skipIf(process.getuid?.() === 0)("a read-only folder too", async () => {
    await inFolder((folder) => {
      const closed = join(folder, "closed");
      mkdirSync(closed);
      chmodSync(closed, 0o500);
      expect(() => prepareFolder(closed)).toThrow(/EACCES/);
    });
  });
});
