// Knows: that the site's navigation has every page that there is, and leads to none that there is not. Building it is `npm run site`,
// which follows every link of what it built.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { documents, ROOT } from "./blocks.js";

it("the navigation of the site has each document once", () => {
  const config = readFileSync(join(ROOT, "site/.vitepress/config.mjs"), "utf8");
  const named = [...config.matchAll(/page\("[^"]*", "(\/[^"]*)"\)/g)].map(([, link = ""]) => link);
  const links = documents().map((document) => `/${document}`.replace(/README\.md$/, "").replace(/\.md$/, ""));
  const sidebar = named.filter((link) => !["/playground", "/api/"].includes(link));
  expect([...new Set(sidebar)].sort()).toEqual([...links, "/CHANGELOG"].sort());
});
