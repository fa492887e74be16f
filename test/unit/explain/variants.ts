// Knows: how an input is told again with other numbers, drivers, times and order of lines, by a seed.
// Must not know: what the answer is.

/** A small generator of its own, so that a failing seed can be run again. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export type Draw = () => number;

export function between(draw: Draw, low: number, high: number): number {
  return low + Math.floor(draw() * (high - low + 1));
}

export function oneOf<T>(draw: Draw, items: readonly T[]): T {
  return items[Math.floor(draw() * items.length)]!;
}

const DRIVERS = [
  "vc4-drm soc:gpu",
  "meson-vdec ff620000.video-codec",
  "imx-drm display-subsystem",
  "rockchip-drm display",
  "sun6i-csi 1cb0000.csi",
  "hantro-vpu fdb50000.vpu",
];
const FORMS = ["cma_alloc: ", "cma_alloc: linux,cma: ", "cma_alloc: reserved: "];

/** What the rules below are told with. */
export interface Told {
  readonly draw: Draw;
  readonly pages: number;
  readonly driver: string;
  /** Seconds since boot, in brackets. */
  readonly stamp: string;
  /** `cma: cma_alloc: NAME: alloc failed, req-size: N pages, ret: R` */
  failed(errno: number, pages?: number): string;
}

export function told(seed: number): Told {
  const draw = random(seed * 7919 + 13);
  const stamp = `[${String(between(draw, 1, 99999)).padStart(5)}.${String(between(draw, 100000, 999999))}]`;
  const pages = between(draw, 300, 9000);
  const form = oneOf(draw, FORMS);
  const driver = oneOf(draw, DRIVERS);
  const failed = (errno: number, count = pages) =>
    `${stamp} cma: ${form}alloc failed, req-size: ${count} pages, ret: ${errno}`;
  return { draw, pages, driver, stamp, failed };
}
