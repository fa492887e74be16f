// Knows: what was run, what happened in about ten lines, and the controls.
// Must not know: plots.

import { type Child, h, section } from "../answer/dom.js";
import { formatBytes, formatCount, formatDuration, formatTime } from "./format.js";
import type { Model } from "./model.js";
import type { Store } from "./store.js";

function fact(name: string, ...value: Child[]): HTMLElement {
  return h("div", {}, h("dt", {}, name), h("dd", {}, ...value));
}

/** What was run, for whoever wants to have it again. */
export function facts({ document: doc, runs, durationNs }: Model): HTMLElement {
  const areas = doc.areas.map(({ name, pages }) => `${name} ${formatBytes(pages * doc.pageBytes)}`);
  const [first] = runs;
  const rows = [
    fact("device", doc.device),
    fact("kernel", `Linux ${doc.kernel}, ${formatBytes(doc.pageBytes)} pages`),
    fact("policies", doc.policies.join(", ")),
    fact("seeds", formatSeeds(doc.seeds)),
    fact(
      "virtual time",
      `${formatDuration(durationNs)} a run, ${runs.length === 1 ? "one run" : `${runs.length} runs`}`,
    ),
    fact("events", formatCount(runs.reduce((sum, { raw }) => sum + raw.events, 0))),
    fact("digest", h("code", {}, first?.raw.digest ?? ""), runs.length > 1 ? " (first run; all below)" : ""),
    fact("CMA areas", areas.length === 0 ? "none" : areas.join(", ")),
  ];
  return section("facts", "What was run", h("dl", { class: "facts" }, ...rows));
}

/** 1, 2, 3, 7 -> "1–3, 7" */
export function formatSeeds(seeds: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const seed of seeds) {
    const last = spans.at(-1);
    if (last !== undefined && seed === last[1] + 1) last[1] = seed;
    else spans.push([seed, seed]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

export function summary({ document: doc }: Model): HTMLElement {
  const lines = doc.summary.map((line) => h("li", {}, line));
  return h("section", { id: "summary" }, h("h2", {}, "What happened"), h("ul", {}, ...lines));
}

function select(
  label: string,
  values: readonly (readonly [value: string, text: string])[],
  chosen: string,
  change: (value: string) => void,
): HTMLElement {
  const options = values.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
  const list = h("select", { change: () => change(list.value) }, ...options);
  return h("label", {}, `${label} `, list);
}

/** "" stands for all policies: a policy's name is its number here, whatever it is called. */
export function controls(store: Store): HTMLElement {
  const bar = h("nav", { class: "controls" });
  const { document: doc, runs } = store.model;
  store.watch(["seed", "policy", "area", "zoom"], () => {
    const { seed, policy, area, zoom } = store.choice;
    const failed = (of: number) => runs.filter((run) => run.seed === of && run.failures.length > 0).length;
    const seeds = doc.seeds.map((of) => [`${of}`, `${of}${failed(of) > 0 ? " (failures)" : ""}`] as const);
    const policies = doc.policies.map((name, i) => [`${i}`, name] as const);
    const areas = doc.areas.map(({ name }, i) => [`${i}`, name] as const);
    const policyChosen = policy === null ? "" : `${doc.policies.indexOf(policy)}`;
    const areaChosen = `${doc.areas.findIndex(({ name }) => name === area)}`;
    const span = store.span[1] - store.span[0];
    bar.replaceChildren(
      select("seed", seeds, `${seed}`, (value) => store.set({ seed: Number(value) })),
      ...(policies.length < 2
        ? []
        : [
            select("policy", [["", "all"], ...policies], policyChosen, (value) =>
              store.set({ policy: value === "" ? null : (doc.policies[Number(value)] ?? null) }),
            ),
          ]),
      ...(areas.length < 2
        ? []
        : [
            select("area", areas, areaChosen, (value) =>
              store.set({ area: doc.areas[Number(value)]?.name ?? "" }),
            ),
          ]),
      zoom === null
        ? h("span", { class: "hint" }, "Drag over a plot of time to zoom, double-click to go back.")
        : h(
            "button",
            { type: "button", click: () => store.set({ zoom: null }) },
            `${formatTime(zoom[0], span)} to ${formatTime(zoom[1], span)}: show all`,
          ),
    );
  });
  return bar;
}
