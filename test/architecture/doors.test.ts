// Knows: that the doors of the package are narrow, and that everything behind them says what it is.
// Must not know: how the doors are read (doors.ts).

import { describe, expect, it } from "vitest";
import { DOORS, Doors } from "./doors.js";

/** Names of "pageblock" at run time. */
const MOST_NAMES = 80;

/** Named by a door, and kept to ourselves: the boundary to the core, and how a unit is branded. */
const KEPT = /^(Engine|Branded) /;

const doors = new Doors();

describe("the doors", () => {
  it(`"pageblock" has at most ${MOST_NAMES} names at run time`, () => {
    const lines = DOORS.map((door) => {
      const { values, types } = doors.names(door);
      return `  ${door.padEnd(10)} ${`${values.length}`.padStart(3)} names at run time, ${types.length} types`;
    });
    console.log(`doors\n${lines.join("\n")}`);
    expect(doors.names("pageblock").values.length).toBeLessThanOrEqual(MOST_NAMES);
  });

  it("no name is another's alias", () => {
    expect(DOORS.flatMap((door) => doors.aliases(door))).toEqual([]);
  });

  it("export every type that they name", () => {
    expect(doors.hidden().filter((each) => !KEPT.test(each))).toEqual([]);
  });

  it("every export and every member has a docstring", () => {
    const offers = doors.offers();
    const silent = offers.filter(({ documented }) => !documented);
    console.log(`${offers.length - silent.length} of ${offers.length} exports and members have a docstring`);
    expect(silent.map(({ place, name }) => `${place} ${name}`)).toEqual([]);
    expect(offers.length).toBeGreaterThan(500);
  });
});
