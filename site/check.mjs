// Follows every link of the built site: a file must be there, and the heading behind #. Exit 1 names what leads nowhere.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const SITE = fileURLToPath(new URL("../out/site", import.meta.url));
const BASE = process.env.SITE_BASE ?? "/";
const pages = readdirSync(SITE, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".html") && !name.endsWith("playground.html"));
const texts = new Map(pages.map((page) => [page, readFileSync(join(SITE, page), "utf8")]));
const ids = new Map(
  [...texts].map(([page, text]) => [page, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
);

function fileOf(page, path) {
  const from = path.startsWith("/") ? path.slice(BASE.length) : join(dirname(page), path);
  const target = path === "" ? page : decodeURIComponent(from);
  const whole = join(SITE, target);
  if (existsSync(whole) && statSync(whole).isDirectory()) return join(target, "index.html");
  return existsSync(whole) ? target : `${target}.html`;
}

let followed = 0;
const lost = [];
for (const [page, text] of texts)
  for (const [, address] of text.matchAll(/ (?:href|src)="([^"]+)"/g)) {
    if (/^(?:https?:|mailto:|data:|javascript:)/.test(address)) continue;
    followed += 1;
    const [path, anchor] = address.replaceAll("&amp;", "&").split("#");
    const file = relative(SITE, join(SITE, fileOf(page, path)));
    if (!existsSync(join(SITE, file))) lost.push(`${page}: ${address}`);
    else if (anchor && ids.has(file) && !ids.get(file).has(decodeURIComponent(anchor)))
      lost.push(`${page}: ${address}`);
  }
console.log(`site: ${pages.length} pages, ${followed} links followed, ${lost.length} lead nowhere`);
for (const line of new Set(lost)) console.log(`  ${line}`);
if (lost.length > 0) process.exitCode = 1;
