// Knows: the names of the devices that come with the package.
// Must not know: their numbers (one file per family), nor how they are resolved.

import { closest } from "../../engine/closest.js";
import { PageblockError } from "../../engine/errors.js";
import type { DeviceDescription } from "../description.js";
import { imx8Board, raspberryPi4 } from "./boards.js";
import { phone16g, phone16g16k, tablet8g } from "./phone.js";
import { tinyRanges } from "./ranges.js";
import { lab512m, server64g, tiny } from "./x86.js";

/** A name of a device that comes with the package. */
export type PresetName =
  | "phone-16g"
  | "phone-16g-16k"
  | "tablet-8g"
  | "imx8-1g"
  | "rpi4-4g"
  | "server-64g"
  | "lab-512m"
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
  "lab-512m": lab512m,
  tiny,
  "tiny-ranges": tinyRanges,
};

/** Names of all devices that come with the package. */
export const presetNames = Object.keys(presets) as readonly PresetName[];

function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

/**
 * The description of a device that comes with the package.
 * @throws PageblockError UNKNOWN_PRESET, with the closest name and all names
 */
export function getPreset(name: string): DeviceDescription {
  if (isPresetName(name)) return presets[name];
  const guess = closest(name, presetNames);
  const hint = guess === undefined ? "" : ` Did you mean "${guess}"?`;
  const all = presetNames.join(", ");
  throw new PageblockError(
    "UNKNOWN_PRESET",
    `there is no preset ${JSON.stringify(name)}.${hint} Presets: ${all}`,
  );
}
