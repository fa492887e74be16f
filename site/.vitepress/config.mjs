// The site's navigation. test/docs/site.test.ts holds it against the pages that there are. SITE_BASE: the path below which a host
// serves it, "/" when absent.
import { defineConfig } from "vitepress";

const page = (text, link) => ({ text, link });

export const SIDEBAR = [
  {
    text: "Learn",
    items: [
      page("What it is", "/"),
      page("How cma_alloc fails", "/docs/how-cma-alloc-fails"),
      page("Tutorial", "/docs/tutorial"),
      page("Gallery of failures", "/docs/gallery"),
      page("The rolling blockade", "/docs/blockade"),
      page("Glossary", "/docs/glossary"),
    ],
  },
  {
    text: "Use",
    items: [
      page("explain", "/docs/explain"),
      page("One file from a device", "/docs/capture"),
      page("A real device's state", "/docs/state"),
      page("Scenarios", "/docs/scenarios"),
      page("What if", "/docs/whatif"),
      page("View", "/docs/view"),
      page("The report", "/docs/report"),
      page("Export", "/docs/export"),
      page("Scale", "/docs/scale"),
      page("Library", "/docs/library"),
      page("Bitmap searches", "/docs/search"),
      page("Examples", "/examples/"),
      page("A check for CI", "/examples/ci/"),
    ],
  },
  {
    text: "Judge",
    items: [
      page("Exactness", "/docs/exactness"),
      page("Deviations", "/docs/deviations"),
      page("Validation", "/docs/validation"),
      page("Policies", "/docs/policies"),
      page("Guaranteed CMA", "/docs/guaranteed-cma"),
      page("Do huge pages keep GPU buffers from their area?", "/docs/thp"),
      page("Groups of 1 GiB, aged", "/docs/groups"),
      page("Whose an area's pages are while nobody needs them", "/docs/areas"),
      page("Kernels", "/docs/kernels"),
      page("Costs", "/docs/costs"),
      page("Performance", "/docs/performance"),
      page("Sizes and dependencies", "/docs/sizes"),
    ],
  },
  {
    text: "Change",
    items: [
      page("Architecture", "/docs/architecture"),
      page("Contributing", "/CONTRIBUTING"),
      page("Development commands", "/docs/developing"),
      page("Fuzzing", "/docs/fuzzing"),
      page("Changelog", "/CHANGELOG"),
      page("Security", "/SECURITY"),
    ],
  },
];

/** As the host of the sources names headings, so that a link leads to the same place on both. */
function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

export default defineConfig({
  title: "pageblock",
  description:
    "The Linux page allocator and CMA, page by page: why cma_alloc failed, what would have helped, what it costs",
  base: process.env.SITE_BASE ?? "/",
  srcDir: "pages",
  outDir: "../out/site",
  cacheDir: "../out/site-cache",
  lastUpdated: false,
  // Files beside the pages; everything else that leads nowhere ends the build.
  ignoreDeadLinks: [/playground\.html/, /^\/examples\/ci\/action\.yml/],
  markdown: {
    anchor: { slugify: anchorOf },
    theme: { light: "github-light", dark: "github-dark" },
    languageAlias: { console: "shellsession", dts: "c" },
  },
  themeConfig: {
    nav: [
      page("Tutorial", "/docs/tutorial"),
      page("Gallery", "/docs/gallery"),
      page("Playground", "/playground"),
      page("API", "/api/"),
    ],
    sidebar: SIDEBAR,
    outline: [2, 3],
    search: { provider: "local" },
    docFooter: { prev: false, next: false },
  },
});
