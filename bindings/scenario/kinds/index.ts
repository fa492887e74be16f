// Knows: the names of all kinds of workloads, and the keys that every one of them has.
// Must not know: what a kind's own keys mean (one file per family).

import { type ActorKind, Parameter } from "../../../assembly/abi/simulation.js";
import { camera, fragmenter, gpu, tv } from "./clients.js";
import { directIo, fileRead, fileWrite } from "./io.js";
import type { Kind, ParameterRow, Written } from "./kind.js";
import { longPin, metadata, noise, resident, slab, zram } from "./memory.js";
import { apps, exits } from "./user.js";

/** Every workload and client: its parameters with defaults, documentation and source. */
export const kinds = {
  resident,
  apps,
  "file-read": fileRead,
  "file-write": fileWrite,
  "direct-io": directIo,
  zram,
  slab,
  metadata,
  "long-pin": longPin,
  noise,
  exits,
  camera,
  tv,
  gpu,
  fragmenter,
} as const satisfies Readonly<Record<string, Kind>>;

/** Name of a workload or client. */
export type KindName = keyof typeof kinds;

export const kindNames = Object.keys(kinds) as readonly KindName[];

export function isKindName(name: string): name is KindName {
  return Object.hasOwn(kinds, name);
}

/** When it acts; keys of every kind. */
export const timeline = {
  start: {
    index: Parameter.START,
    dimension: "time",
    default: 0,
    doc: "when it begins",
    source: "chosen",
  },
  stop: {
    index: Parameter.STOP,
    dimension: "time",
    default: 0,
    doc: "when it ends; 0: never",
    source: "chosen",
  },
} as const satisfies Readonly<Record<string, ParameterRow>>;

/** Every parameter of a kind by key, the common ones first. */
export function parametersOf(name: KindName): ReadonlyMap<string, ParameterRow> {
  return new Map<string, ParameterRow>([
    ...Object.entries(timeline),
    ...Object.entries<ParameterRow>(kinds[name].parameters),
  ]);
}

/** Slots that an actor of this kind finds by number. @param parameters by index, as the core has them */
export function fewestSlots(kind: ActorKind, parameters: ReadonlyMap<number, number>): number {
  const name = kindNames.find((each) => kinds[each].kind === kind);
  if (name === undefined) return 0;
  const { numbered }: Kind = kinds[name];
  const values = [...parametersOf(name)].map(([key, { index }]) => [key, parameters.get(index) ?? 0]);
  return numbered?.(Object.fromEntries(values)) ?? 0;
}

/** What may be written for a kind: every key optional unless it has no default. */
export type Settings<K extends KindName> = Partial<
  Record<keyof (typeof kinds)[K]["parameters"] | keyof typeof timeline, Written>
> & {
  /** Unique among the actors; the kind's name, numbered, when absent. */
  readonly name?: string;
  /** CPU it runs on; another one each time when absent. */
  readonly cpu?: number;
  /** CMA area, by name. */
  readonly area?: string;
};

export type { Kind, ParameterRow, Values, Written } from "./kind.js";
