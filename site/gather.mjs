// Gathers what the site is made of in site/pages: the documents as they lie in the project, files that they link to, the playground, and a
// page with a link to each packaged scenario. Needs a built package (npm run build).
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getScenario, policies, scenarioNames } from "../dist/pageblock.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGES = join(ROOT, "site/pages");
/** Documents outside of docs/, and what they are called here: a host shows index for a folder. */
const BESIDE = {
  "README.md": "index.md",
  "CONTRIBUTING.md": "CONTRIBUTING.md",
  "CHANGELOG.md": "CHANGELOG.md",
  "SECURITY.md": "SECURITY.md",
  "examples/README.md": "examples/index.md",
  "examples/ci/README.md": "examples/ci/index.md",
};

function copy(from, to = from) {
  mkdirSync(dirname(join(PAGES, to)), { recursive: true });
  copyFileSync(join(ROOT, from), join(PAGES, to));
}

/** A document with its links as they are here. */
function copyDocument(from, to = from) {
  const text = readFileSync(join(ROOT, from), "utf8")
    .replaceAll(/((?:examples|ci)\/)README\.md\)/g, "$1index.md)")
    .replaceAll(/\]\(action\.yml\)/g, "](/examples/ci/action.yml){target=_blank}");
  mkdirSync(dirname(join(PAGES, to)), { recursive: true });
  writeFileSync(join(PAGES, to), text);
}

/** A card for each scenario of the package: what it shows, and a link that opens it in the playground under its policies. */
function playground() {
  const sections = scenarioNames.map((name) => {
    const scenario = getScenario(name);
    const [first, second] = scenario.policies.map((policy) => policy.name);
    const hash = new URLSearchParams({
      scenario: name,
      policy: first ?? "mainline",
      beside: second ?? "",
      seed: "1",
      timeNs: "0",
    });
    return `## ${name}\n\n${scenario.description ?? ""}\n\n<a href="./playground.html#${hash.toString().replaceAll("&", "&amp;")}" target="_blank">Open ${name} in the playground</a>`;
  });
  return `# Playground

The engine runs in this browser: a whole device page by page, at any nanosecond of a run, one policy or two beside each other. Nothing is
sent anywhere; the page works from a disk too, as \`dist/playground.html\` of the package. What it shows and its keys: [view](docs/view.md).
${policies.size} policies by name: [scenarios](docs/scenarios.md#policies).

${sections.join("\n\n")}
`;
}

rmSync(PAGES, { recursive: true, force: true });
for (const [from, to] of Object.entries(BESIDE)) copyDocument(from, to);
const documents = readdirSync(join(ROOT, "docs"));
for (const name of documents) (name.endsWith(".md") ? copyDocument : copy)(`docs/${name}`);
copy("LICENSE", "public/LICENSE.txt");
copy("dist/playground.html", "public/playground.html");
copy("dist/scenario.schema.json", "public/scenario.schema.json");
copy("examples/ci/action.yml", "public/examples/ci/action.yml");
writeFileSync(join(PAGES, "playground.md"), playground());
console.log(`site: ${documents.length} files of docs/, ${scenarioNames.length} scenarios`);
