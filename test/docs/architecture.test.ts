// Knows: that docs/architecture.md and its picture say what the table of arrows says, and that paths named in documents are there.
// UPDATE_GOLDEN=1 writes both.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ASSEMBLY, BINDINGS } from "../architecture/arrows.js";
import { readSources } from "../architecture/sources.js";
import { drawRooms, plainArrows, roomTable } from "../support/rooms_svg.js";
import { documents, ROOT, readDocument } from "./blocks.js";

const sides = [
  ["assembly/: the machine", roomTable(ASSEMBLY)],
  ["bindings/: the laboratory", roomTable(BINDINGS)],
] as const;
const MARKED = /(<!-- generated: [^\n]* -->\n)[\s\S]*(<!-- end -->)/;

/** What is there is what is made; UPDATE_GOLDEN=1 makes it so. */
function expectMade(file: string, fresh: string): void {
  const path = join(ROOT, file);
  if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(path, fresh);
  expect(readFileSync(path, "utf8")).toBe(fresh);
}

describe("docs/architecture.md", () => {
  it("has the arrows of the table", () => {
    const lists = sides.map(([title, table]) => {
      const arrows = plainArrows(table);
      const rows = [...table.keys()].map((room) => {
        const targets = arrows.filter(([from]) => from === room).map(([, to]) => to);
        return `- ${room} → ${targets.join(", ") || "nothing"}`;
      });
      return `**${title}**\n\n${rows.join("\n")}`;
    });
    const made = lists.join("\n\n");
    const text = readDocument("docs/architecture.md");
    const fresh = text.replace(MARKED, (_, begin: string, end: string) => `${begin}\n${made}\n\n${end}`);
    expectMade("docs/architecture.md", fresh);
    expect(fresh).toContain("- cli → ");
  });

  it("says what lives in each room", () => {
    const words = readDocument("docs/architecture.md").replace(MARKED, "");
    const rooms = [...Object.keys(ASSEMBLY), ...Object.keys(BINDINGS)];
    expect(rooms.filter((room) => !words.includes(`\`${room}`))).toEqual([]);
  });

  it("says of each file of assembly/policy what it decides", () => {
    const rows = readSources("assembly/policy").map(({ path, text }) => {
      const header = text
        .slice(0, text.search(/^(?!\/\/)/m))
        .replaceAll(/^\/\/ ?/gm, "")
        .replaceAll("\n", " ");
      const known = /Knows: (.*?)\.(?= |$)/.exec(header)?.[1];
      return `- \`${path}\`: ${known}`;
    });
    const text = readDocument("docs/architecture.md");
    const fresh = text.replace(
      /(<!-- decides: [^\n]* -->\n)[\s\S]*(<!-- end decides -->)/,
      (_, begin: string, end: string) => `${begin}\n${rows.join("\n")}\n\n${end}`,
    );
    expectMade("docs/architecture.md", fresh);
    expect(rows.join("\n")).not.toContain("undefined");
  });

  it("names functions that there are", () => {
    const code = [...readSources("assembly"), ...readSources("bindings")].map(({ text }) => text).join("\n");
    const named = [...readDocument("docs/architecture.md").matchAll(/`(?:\w+\.)*(\w+)\((?:\{[^`]*)?\)?`/g)];
    const lost = named.map(([, name = ""]) => name).filter((name) => !new RegExp(`\\b${name}\\(`).test(code));
    expect(lost).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  it("has the picture of the table", () => expectMade("docs/rooms.svg", drawRooms(sides)));
});

describe("paths that documents name", () => {
  const inside = (text: string) =>
    [...text.matchAll(/`((?:assembly|bindings|test|scripts|web|bench|examples|scenarios)\/[\w./{},-]*)/g)]
      .map(([, path = ""]) => path.replace(/[.,]+$/, ""))
      .filter((path) => !/[{*]|KIND|NAME/.test(path));

  const isThere = (path: string) => {
    const whole = join(ROOT, path);
    if (existsSync(whole) || existsSync(`${whole}.ts`)) return true;
    // The beginning of names: test/unit/bench/growth.
    const at = whole.lastIndexOf("/");
    const folder = whole.slice(0, at);
    return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(whole.slice(at + 1)));
  };

  it.each(documents())("are there: %s", (document) => {
    expect(inside(readDocument(document)).filter((path) => !isThere(path))).toEqual([]);
  });
});
