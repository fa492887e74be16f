// Knows: the names of the devices that come with the package.
// Must not know: their numbers (one file per family), nor how they are resolved.

import { PageblockError } from "../../engine/errors.js";
import type { DeviceDescription } from "../description.js";
import { imx8Board, raspberryPi4 } from "./boards.js";
import { phone16g, phone16g16k, tablet8g } from "./phone.js";
import { tinyRanges } from "./ranges.js";
import { server64g, tiny } from "./x86.js";

export type PresetName =
  | "phone-16g"
  | "phone-16g-16k"
  | "tablet-8g"
  | "imx8-1g"
  | "rpi4-4g"
  | "server-64g"
  | "tiny"
  | "tiny-ranges";

/** Every device by its name; a name without a row is a compile error. */
export const presets: Readonly<Record<PresetName, DeviceDescription>> = {
  "phone-16g": phone16g,
  "phone-16g-16k": phone16g16k,
  "tablet-8g": tablet8g,
  "imx8-1g": imx8Board,
  "rpi4-4g": raspberryPi4,
  "server-64g": server64g,
  tiny,
  "tiny-ranges": tinyRanges,
};

export const presetNames = Object.keys(presets) as readonly PresetName[];

function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

/** Levenshtein distance: insertions, deletions and replacements that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The preset whose name is closest, if any shares at least half of its letters. */
function closest(name: string): string | undefined {
  const ranked = presetNames
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= best.candidate.length / 2 ? best.candidate : undefined;
}

/**
 * The description of a device that comes with the package.
 * @throws PageblockError UNKNOWN_PRESET, with the closest name and all names
 */
export function getPreset(name: string): DeviceDescription {
  if (isPresetName(name)) return presets[name];
  const guess = closest(name);
  const hint = guess === undefined ? "" : ` Did you mean "${guess}"?`;
  const all = presetNames.join(", ");
  throw new PageblockError(
    "UNKNOWN_PRESET",
    `there is no preset ${JSON.stringify(name)}.${hint} Presets: ${all}`,
  );
}
