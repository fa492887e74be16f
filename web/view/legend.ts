// Knows: what colours, patterns and overlays of the map mean, as swatches that are painted as the map is.
// Must not know: what is on the map.

import { ClassFlag } from "../../assembly/abi/classes.js";
import { layoutOf } from "./layout.js";
import { groupsOf, Painter } from "./paint.js";
import { type Mode, paletteOf } from "./palette.js";

const SIZE = 16;
const OVERLAYS = [
  ["pinned", ClassFlag.PINNED],
  ["isolated", ClassFlag.ISOLATED],
  ["just migrated", ClassFlag.MOVED],
  ["pageblock of a CMA area", ClassFlag.IN_AREA],
] as const;

/** A pageblock of one frame, painted. */
function swatch(palette: Uint8Array, value: number, flags: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height, canvas.className] = [SIZE, SIZE, "swatch"];
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  const image = context.createImageData(SIZE, SIZE);
  const [map, values] = [Uint8Array.of(flags), Uint8Array.of(value)];
  const view = { left: 0, top: 0, across: SIZE, down: SIZE };
  const picture = { map, values, groups: groupsOf(map), palette };
  new Painter(layoutOf(1, 0)).paint(new Uint32Array(image.data.buffer), SIZE, view, picture);
  context.putImageData(image, 0, 0);
  return canvas;
}

export function legend(mode: Mode): HTMLElement[] {
  const palette = paletteOf(mode);
  const entry = (name: string, value: number, flags: number) => {
    const box = document.createElement("span");
    box.append(swatch(palette, value, flags), ` ${name}`);
    return box;
  };
  const looks = mode.looks.flatMap((look, value) => (look === undefined ? [] : [entry(look.name, value, 0)]));
  const under = mode.name === "kind" ? 2 : 1;
  return [...looks, ...OVERLAYS.map(([name, flag]) => entry(name, under, flag))];
}
