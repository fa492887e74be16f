// Knows: that every link of a document leads somewhere: a file, a heading in it; addresses elsewhere are not asked.

import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { documents, ROOT, readDocument } from "./blocks.js";

const prose = (text: string) => text.replaceAll(/^```[\s\S]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** What a host makes of a heading: lower case, no punctuation, hyphens. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[`*_]/g, (mark) => (mark === "_" ? "_" : ""))
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

function anchorsOf(text: string): string[] {
  const fenceless = text.replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...fenceless.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

/** Links of one document that lead nowhere. */
function lostLinks(document: string, text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(https?|mailto):/.test(target))
    .filter((target) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? document : normalize(join(dirname(document), path));
      if (!existsSync(join(ROOT, file))) return true;
      if (anchor === undefined || statSync(join(ROOT, file)).isDirectory()) return false;
      return !anchorsOf(readDocument(file)).includes(anchor);
    });
}

describe("links", () => {
  it.each(documents())("of %s lead to files and headings", (document) => {
    expect(lostLinks(document, readDocument(document))).toEqual([]);
  });

  it("lead from the README to every page of docs/", () => {
    const reached = new Set(["README.md"]);
    for (const document of reached)
      for (const [, target = ""] of prose(readDocument(document)).matchAll(/\]\(([^)\s#]+\.md)[^)]*\)/g)) {
        const file = normalize(join(dirname(document), target));
        if (existsSync(join(ROOT, file))) reached.add(file);
      }
    expect(documents().filter((document) => !reached.has(document))).toEqual([]);
  });

  it("canary: a lost file and a lost heading would be found", () => {
    const text = "[a](docs/none.md) [b](docs/explain.md#no-such-thing) [c](#here)\n\n# Here\n";
    expect(lostLinks("README.md", text)).toEqual(["docs/none.md", "docs/explain.md#no-such-thing", "#here"]);
  });
});
