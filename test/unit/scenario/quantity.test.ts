import { describe, expect, it } from "vitest";
import { type Dimension, parseQuantity, settleQuantity } from "../../../bindings/scenario/quantity.js";

const SCALE = { pageShift: 12, managed: 1_000_000 };

function settled(dimension: Dimension, written: unknown, scale = SCALE): number | string {
  const parsed = parseQuantity(dimension, written);
  return "value" in parsed ? settleQuantity(parsed.value, scale) : parsed.problem;
}

describe("values with units", () => {
  it.each([
    ["size", "254MiB", 65_024],
    ["size", "65024 pages", 65_024],
    ["size", "1 page", 1],
    ["size", "1B", 1],
    ["size", "2 GiB", 524_288],
    ["size", "1.5MiB", 384],
    ["size", "30%", 300_000],
    ["size", 0, 0],
    ["size", "0", 0],
    ["time", "20ms", 20e6],
    ["time", "1.5s", 1.5e9],
    ["time", "2 min", 120e9],
    ["time", "1us", 1000],
    ["interval", "200/s", 5e6],
    ["interval", "3 / min", 20e9],
    ["interval", "20ms", 20e6],
    ["share", "30%", 0.3],
    ["share", 0.25, 0.25],
    ["count", 12, 12],
    ["count", "1_000", 1000],
    ["order", -1, -1],
    ["spread", "lognormal", 2],
    ["flag", true, 1],
  ] as const)("%s %s is %s", (dimension, written, value) => {
    expect(settled(dimension, written)).toBe(value);
  });

  it("sizes follow the page size of the device, rounded up to whole pages", () => {
    const large = { pageShift: 14, managed: 1000 };
    expect(settled("size", "254MiB", large)).toBe(16_256);
    expect(settled("size", "1B", large)).toBe(1);
    expect(settled("size", "65024 pages", large)).toBe(65_024);
  });

  it.each([
    ["size", "10 parsecs", /"parsecs" is no unit/],
    ["size", "12MB", /did you mean MiB\?/],
    ["size", "12M", /did you mean MiB\?/],
    ["size", 65_024, /the unit is missing/],
    ["size", "-4KiB", /it is negative/],
    ["size", "1.5 pages", /pages are whole/],
    ["size", "0.3B", /no whole number of bytes/],
    ["size", "120%", /more than all/],
    ["size", "1e300 GiB", /no whole number of bytes/],
    ["size", ["1MiB"], /expected 254MiB/],
    ["time", 20, /the unit is missing/],
    ["time", "20 sec", /did you mean s\?|"sec" is no unit/],
    ["time", "-1ms", /it is negative/],
    ["time", "2000000h", /longer than 104 days/],
    ["time", null, /expected 20ms/],
    ["interval", "-200/s", /a rate cannot be negative/],
    ["interval", "0/s", /a rate must be above 0/],
    ["interval", "200/fortnight", /"fortnight" is no unit/],
    ["interval", "1e12/s", /more than one in a nanosecond/],
    ["share", "130%", /between 0% and 100%/],
    ["share", true, /expected 30%/],
    ["share", Number.NaN, /between 0% and 100%/],
    ["count", 2.5, /a whole number/],
    ["count", "many", /a whole number/],
    ["spread", "exponental", /did you mean exponential\?/],
    ["flag", "yes", /true or false/],
  ] as const)("%s %s is refused: %s", (dimension, written, problem) => {
    expect(settled(dimension, written)).toMatch(problem);
  });
});
