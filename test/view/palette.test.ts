// Knows: that no two things on the map look the same, whatever cones an eye lacks: far apart in colour, or in another pattern.

import { describe, expect, it } from "vitest";
import { AREA_FRAME, HATCH, inked, PINNED, RING } from "../../web/view/paint.js";
import { ageMode, KIND, type Look, type Mode, ORDER, ownerMode, Pattern } from "../../web/view/palette.js";
import { distance, EYES } from "./eyes.js";

/** Colours alone tell two things apart from here on, CIE 1976. */
const FAR = 20;
/** Where a pattern tells them apart, its ink is this far from its colour. */
const INK = 25;

function looksOf({ looks }: Mode): Look[] {
  return looks.filter((look) => look !== undefined);
}

const OWNERS = ownerMode(Array.from({ length: 17 }, (_, i) => `actor ${i}`));

describe.each(Object.keys(EYES))("for eyes of the kind %s", (eyes) => {
  it.each([KIND, OWNERS])("things are told apart in the mode $name", (mode) => {
    const looks = looksOf(mode);
    for (const [nth, a] of looks.entries())
      for (const b of looks.slice(nth + 1)) {
        if (a.pattern !== b.pattern) continue;
        expect(distance(eyes, a.rgb, b.rgb), `${a.name} and ${b.name}`).toBeGreaterThan(FAR);
      }
    for (const { name, rgb, ink, pattern } of looks)
      if (pattern !== Pattern.NONE) expect(distance(eyes, rgb, ink), name).toBeGreaterThan(INK);
  });

  it("a step of a scale is seen, and its ends are far apart", () => {
    const ages = looksOf(ageMode(1e8)).slice(1);
    const orders = looksOf(ORDER);
    const scales = [
      ages,
      orders.filter(({ name }) => /^free/.test(name)),
      orders.filter(({ name }) => /^in use/.test(name)),
    ];
    for (const scale of scales) {
      for (const [i, look] of scale.slice(1).entries())
        expect(distance(eyes, look.rgb, (scale[i] as Look).rgb), look.name).toBeGreaterThan(2.3);
      expect(distance(eyes, (scale[0] as Look).rgb, (scale.at(-1) as Look).rgb)).toBeGreaterThan(3 * FAR);
    }
  });

  it("a pin is seen on every colour, and an isolated page and the frame of an area on most of a cell", () => {
    expect(distance(eyes, PINNED, RING)).toBeGreaterThan(90);
    for (const { name, rgb } of looksOf(KIND)) {
      expect(distance(eyes, HATCH, rgb), name).toBeGreaterThan(FAR);
      expect(distance(eyes, PINNED, rgb), name).toBeGreaterThan(FAR);
      expect(distance(eyes, AREA_FRAME, rgb), name).toBeGreaterThan(FAR / 2);
    }
  });
});

it("patterns differ from each other, and none covers more than half", () => {
  const patterns = [Pattern.RISING, Pattern.DOTS, Pattern.UPRIGHT, Pattern.LEVEL];
  const drawn = patterns.map((pattern) =>
    Array.from({ length: 64 }, (_, i) => Number(inked(pattern, i % 8, i >> 3))).join(""),
  );
  expect(new Set(drawn).size).toBe(patterns.length);
  for (const text of drawn) {
    const inks = text.replaceAll("0", "").length;
    expect(inks).toBeGreaterThan(3);
    expect(inks).toBeLessThan(32);
  }
});
