// Knows: what every actor did, the totals of the machine, the runs and what was left out.
// Must not know: plots.

import { type Child, h, section, type TableColumn, table } from "../answer/dom.js";
import { formatCount, formatDuration, formatShare, spaced } from "./format.js";
import { policyMark } from "./marks.js";
import type { Model, Run } from "./model.js";
import type { Store } from "./store.js";

interface Counter {
  readonly actor: string;
  readonly kind: string;
  readonly name: string;
  /** One for each run shown; undefined: it has none. */
  readonly values: readonly (number | undefined)[];
}

function formatCounter(name: string, value: number | undefined): string {
  if (value === undefined) return "–";
  return /(Ns|Time|Pin)$/.test(name) ? formatDuration(value) : formatCount(value);
}

function valueColumns(store: Store): TableColumn<Counter>[] {
  return store.runs.map((run, i) => ({
    title: run.policy,
    number: true,
    cell: ({ name, values }) => formatCounter(name, values[i]),
  }));
}

function keep({ values }: Counter): boolean {
  return values.some((value) => value !== undefined && value !== 0);
}

/** The sum of page * time of all pins is hard to read: what one pin took on average is not. */
function withMeanPin(counters: Readonly<Record<string, number>> | undefined): Record<string, number> {
  const { pinTime, ...rest } = { ...counters };
  const pins = rest["pins"] ?? 0;
  return pinTime === undefined || pins === 0 ? rest : { ...rest, meanPin: pinTime / pins };
}

function actorCounters(runs: readonly Run[]): Counter[] {
  const actors = new Map(runs.flatMap((run) => run.raw.actors.map((actor) => [actor.name, actor] as const)));
  return [...actors.values()].flatMap((actor) => {
    const of = (run: Run) => withMeanPin(run.raw.actors.find(({ name }) => name === actor.name)?.counters);
    const names = [...new Set(runs.flatMap((run) => Object.keys(of(run))))];
    const counters = names
      .map((name) => ({
        actor: actor.name,
        kind: actor.kind,
        name,
        values: runs.map((run) => of(run)[name]),
      }))
      .filter(keep);
    return counters.map((counter, i) => (i === 0 ? counter : { ...counter, actor: "", kind: "" }));
  });
}

export function actors(store: Store): HTMLElement {
  const body = h("div", {});
  const element = section("actors", "Who did what", body);
  store.watch(["seed", "policy"], () => {
    const rows = actorCounters(store.runs);
    const columns: TableColumn<Counter>[] = [
      { title: "workload", cell: ({ actor }) => (actor === "" ? "" : h("b", {}, actor)) },
      { title: "kind", cell: ({ kind }) => kind },
      { title: `counter, seed ${store.choice.seed}`, cell: ({ name }) => spaced(name) },
      ...valueColumns(store),
    ];
    body.replaceChildren(table(columns, rows, ({ actor }) => ({ class: actor === "" ? null : "first" })));
  });
  return element;
}

export function totals(store: Store): HTMLElement {
  const body = h("div", {});
  const element = section("totals", "The machine in total", body);
  store.watch(["seed", "policy"], () => {
    const { runs } = store;
    const names = [...new Set(runs.flatMap((run) => Object.keys(run.raw.totals)))];
    const rows = names
      .map((name) => ({ actor: "", kind: "", name, values: runs.map((run) => run.raw.totals[name]) }))
      .filter(keep);
    const columns = [
      { title: `seed ${store.choice.seed}`, cell: ({ name }: Counter) => spaced(name) },
      ...valueColumns(store),
    ];
    body.replaceChildren(table(columns, rows));
  });
  return element;
}

export function runsTable(model: Model): HTMLElement {
  const succeeded = (run: Run) => run.requests().filter(({ errno }) => errno === 0).length;
  return section(
    "runs",
    "Runs",
    table<Run>(
      [
        { title: "policy", cell: (run) => policyMark(model, run.policy) },
        { title: "seed", number: true, cell: ({ seed }) => seed },
        { title: "virtual time", number: true, cell: ({ raw }) => formatDuration(raw.durationNs) },
        { title: "events", number: true, cell: ({ raw }) => formatCount(raw.events) },
        { title: "requests drawn", number: true, cell: (run) => formatCount(run.requests().length) },
        {
          title: "of them succeeded",
          number: true,
          cell: (run) => formatShare(succeeded(run), run.requests().length),
        },
        {
          title: "failures",
          number: true,
          cell: ({ raw }) => formatCount(raw.failures.length + raw.failuresNotKept),
        },
        { title: "digest", cell: ({ raw }) => h("code", {}, raw.digest) },
      ],
      model.runs,
    ),
  );
}

export function footer({ document: doc }: Model): HTMLElement {
  const notes: Child[] =
    doc.notes.length === 0
      ? [
          h(
            "p",
            { class: "note" },
            "Nothing was left out: every sample, request, failure and window is drawn.",
          ),
        ]
      : [h("ul", {}, ...doc.notes.map((note) => h("li", {}, note)))];
  const source =
    doc.source === "" ? null : h("details", {}, h("summary", {}, "The scenario"), h("pre", {}, doc.source));
  return section("notes", "What this page leaves out", ...notes, source);
}
