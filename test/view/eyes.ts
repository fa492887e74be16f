// Knows: how far apart two colours are for eyes that see all of them, and for those that lack one kind of cones.
// Must not know: which colours are compared.
//
// Matrices: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009),
// severity 1, on linear RGB. Distances: CIE 1976, in L*a*b* under D65.

type Triple = readonly [number, number, number];

export const EYES: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(rgb: number): Triple {
  const part = (shift: number) => {
    const share = ((rgb >> shift) & 0xff) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [part(16), part(8), part(0)];
}

function dot([a, b, c]: Triple, [x, y, z]: Triple): number {
  return a * x + b * y + c * z;
}

function lab(rgb: Triple): Triple {
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f(dot([0.4124564, 0.3575761, 0.1804375], rgb) / 0.95047);
  const y = f(dot([0.2126729, 0.7151522, 0.072175], rgb));
  const z = f(dot([0.0193339, 0.119192, 0.9503041], rgb) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Distance of two colours for one kind of eyes; below some 2 nobody tells them apart. */
export function distance(eyes: string, a: number, b: number): number {
  const rows = EYES[eyes] as readonly [Triple, Triple, Triple];
  const seen = (rgb: number) => {
    const light = linear(rgb);
    const clamp = (value: number) => Math.min(Math.max(value, 0), 1);
    return lab([clamp(dot(rows[0], light)), clamp(dot(rows[1], light)), clamp(dot(rows[2], light))]);
  };
  const [p, q] = [seen(a), seen(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}
