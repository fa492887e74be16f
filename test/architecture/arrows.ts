// Knows: which room may import which. The one place where the arrows of the project are written down.
// Must not know: how sources are read, how a violation is shown.
//
// A room is a folder below assembly/ or bindings/, or a file directly in one of them. A target is a room, a file of
// a room ("engine/units"), or, behind "type ", something that may be imported as a type only.

/** From the top down: each layer may import all that stand behind it. */
const LAYERS = [
  "machine",
  "workload",
  "command",
  "cma",
  "movement",
  "buddy",
  "frames",
  "record",
  "rules",
  "memory",
  "abi",
] as const;

function below(layer: (typeof LAYERS)[number]): string[] {
  return LAYERS.slice(LAYERS.indexOf(layer) + 1);
}

/** Build switches, for every room that asserts something. */
const CHECK = "check";

export const ASSEMBLY: Readonly<Record<string, readonly string[]>> = {
  index: ["machine", "workload", "command", "cma", "movement", "time", "audit"],
  // The machine with time.
  simulation: ["index", "workload"],
  // Another module: bitmaps without a machine.
  bitmap: ["cma", "memory", "abi", CHECK],
  machine: [...below("machine"), "policy", "time", CHECK],
  // Generators that run inside, and the actors of a simulation.
  workload: [...below("workload"), "policy", "time", CHECK],
  // The command buffer: what a caller, a trace or a dump asks for, checked before it is done.
  command: [...below("command"), "policy", CHECK],
  cma: [...below("cma"), "policy", CHECK],
  movement: [...below("movement"), "policy", CHECK],
  buddy: [...below("buddy"), "policy", CHECK],
  frames: [...below("frames"), "policy", CHECK],
  record: [...below("record"), CHECK],
  // What kernels do differently: one file.
  rules: below("rules"),
  memory: [...below("memory"), CHECK],
  abi: [],
  // Pure numbers: a decision sees the vocabulary and nothing else.
  policy: ["abi"],
  // Virtual clock and event queue.
  time: ["record", "memory", "abi", CHECK],
  // Sees everything; only index sees it.
  audit: [...below("machine"), "policy", "time", CHECK],
  check: [],
};

/** What any room may know of the boundary: units, errors, flag masks. */
const LEAVES = [
  "abi",
  "engine/units",
  "engine/errors",
  "engine/gfp",
  "engine/closest",
  "engine/enum_words",
  "engine/extent",
  "engine/limits",
  "engine/quoted",
];
const NEUTRAL = [
  ...[
    "abi",
    "engine",
    "device",
    "state",
    "machine",
    "importers",
    "importers/capture",
    "importers/dmesg",
    "analysis",
  ],
  ...["explain", "size"],
  ...["replay", "report", "kernel_text", "bitmap", "rebuild"],
];
const LATER = ["policy", "scenario", "timeline", "sweep", "whatif", "durable"];

/** A folder inside a room may have a row of its own: then it is a room. */
export const BINDINGS: Readonly<Record<string, readonly string[]>> = {
  engine: ["abi", "#platform"],
  device: LEAVES,
  // What a machine's state is, and what must hold in it.
  state: ["abi"],
  // The shape of a result, a leaf, is what outcomes are worked out from.
  analysis: [...LEAVES, "scenario/result"],
  // Why a request failed, and how large an area must be: from facts, whoever read them.
  explain: [...LEAVES, "analysis"],
  size: [...LEAVES, "analysis", "explain"],
  importers: [...LEAVES, "importers/dmesg"],
  // Lines of kernel logs: drivers' words, reservations, failures, dumps.
  "importers/dmesg": [
    ...LEAVES,
    "importers/errors",
    "importers/facts",
    "importers/importer",
    "importers/text",
  ],
  // What kernels with the capture patches print: text to states, scripts, traces.
  "importers/capture": [...LEAVES, "state", "importers/errors"],
  policy: LEAVES,
  machine: ["abi", "engine", "device", "state", "importers/errors"],
  replay: ["abi", "engine", "machine", "state", "importers/errors", "importers/capture"],
  report: ["analysis", "explain", "size", "type scenario", "scenario/result", ...LEAVES],
  // CMA's bitmaps without a machine.
  bitmap: ["abi", "engine", "analysis"],
  // A real device's state, from the facts that its files tell.
  rebuild: [...LEAVES, "device", "state", "importers"],
  // What the kernel prints, from a machine or a run: files of /proc and debugfs, traces, logs. Reading is the importers'.
  kernel_text: ["abi", "engine", "device", "machine", "analysis", "importers", "importers/capture"],
  scenario: ["abi", "engine", "machine", "device", "policy", "state"],
  // Any moment of a run, forth and back.
  timeline: ["abi", "engine", "machine", "scenario"],
  sweep: ["abi", "engine", "machine", "device", "policy", "scenario", "analysis"],
  // One request, and what would have become of it.
  whatif: [
    ...["abi", "engine", "machine", "device", "policy", "scenario", "sweep", "analysis", "report/sizes"],
  ],
  // What is finished is kept: files that are whole, journals, locks. Node only.
  durable: ["engine/errors"],
  // What a caller of the package may import: re-exports only.
  doors: [...NEUTRAL, ...LATER],
  // A machine as files; it knows the command line's ground floor only.
  "cli/shell": [
    ...NEUTRAL,
    ...LATER,
    ...["cli/exit", "cli/identity", "cli/package_files", "cli/progress", "cli/read_whole", "cli/signals"],
    ...["cli/state_file", "cli/terminal", "cli/trace_file"],
  ],
  // One request, and what would have become of it, on the command line.
  "cli/whatif": [
    ...[...NEUTRAL, ...LATER, "cli/exit", "cli/progress", "cli/scenario_file", "cli/scene", "cli/signals"],
    "cli/terminal",
  ],
  // The bitmap searches against each other, on the command line.
  "cli/search": [...[...NEUTRAL, ...LATER, "cli/exit", "cli/package_files", "cli/progress", "cli/terminal"]],
  cli: [...NEUTRAL, ...LATER, "cli/search", "cli/shell", "cli/whatif"],
};

/** The one page: what it imports of bindings, the vocabulary and shapes; it draws and computes nothing else. */
export const WEB = [
  ...["abi", "report/answer", "report/run", "report/sizes", "report/inputs", "report/palette"],
  ...["engine/extent", "scenario/result", "type analysis/outcomes"],
];

/** Its map of a phone: a worker runs the engine itself, so it may drive a simulation; it reports nothing. */
export const VIEW = [
  ...["abi", "engine", "policy", "scenario", "timeline", "sweep/actor_specs", "whatif"],
  ...["explain", "importers", "kernel_text", "machine", "rebuild", "report/answer", "report/sizes", "state"],
];

/** Its editor, a file of its own: the scenario's schema and reader, and the presets to begin from. */
export const EDITOR = ["engine", "device/presets", "policy", "scenario"];

/** The naive model shares no line of logic with the core, nor with what drives it: it may see these and itself. */
export const REFERENCE = ["abi", "state", "importers", "importers/capture"];

/** Packages from outside, and the only place that may import each. */
export const PACKAGES: Readonly<Record<string, string>> = {
  "@assemblyscript/loader": "engine/load",
  commander: "cli",
  "cli-progress": "cli",
  yaml: "scenario/yaml",
  piscina: "sweep/node",
  "hyparquet-writer": "report/parquet",
  fflate: "importers/bundle",
  pbf: "kernel_text/trace/perfetto",
  "#platform": "engine/load",
};

/** Files of bindings/ that run in Node only: they may import `node:` modules and use Node's globals. */
export function isNodeOnly(file: string): boolean {
  return (
    file.startsWith("cli/") ||
    file.startsWith("durable/") ||
    /(^|\/)node$/.test(file) ||
    file === "engine/platform.node"
  );
}

/** bindings/device/presets/x86 -> device; assembly/machine -> machine; assembly/abi is the room abi on both sides. */
export function roomOf(path: string): string {
  const [side = "", second = "", third, fourth] = path.split("/");
  const inner = `${second}/${third}`;
  if (fourth !== undefined && Object.hasOwn(side === "assembly" ? ASSEMBLY : BINDINGS, inner)) return inner;
  return third === undefined ? second.replace(/\.ts$/, "") : second;
}

/** Does `target` (a path without side and extension: "engine/units") lie in what `rule` names? */
export function matches(rule: string, target: string, typeOnly: boolean): boolean {
  const isTypeRule = rule.startsWith("type ");
  if (isTypeRule && !typeOnly) return false;
  const place = isTypeRule ? rule.slice(5) : rule;
  if (target === place) return true;
  // The rule of a room does not open the rooms inside it.
  const inner = Object.keys(BINDINGS).some(
    (room) => room.startsWith(`${place}/`) && target.startsWith(`${room}/`),
  );
  return !inner && target.startsWith(`${place}/`);
}
