import { describe, expect, it } from "vitest";
import { Status } from "../../../assembly/abi/vocabulary.js";
import {
  DeviceError,
  MachineError,
  PageblockError,
  StateError,
  UnitError,
} from "../../../bindings/engine/errors.js";
import {
  addressToPfn,
  bytes,
  bytesToPages,
  cpu,
  GiB,
  KiB,
  MiB,
  milliseconds,
  nanoseconds,
  order,
  orderToPages,
  pages,
  pagesToBytes,
  pagesToOrder,
  pfn,
  pfnToAddress,
  seconds,
  zoneIndex,
} from "../../../bindings/engine/units.js";

describe("units", () => {
  it("accepts the whole range of each unit and nothing beyond", () => {
    expect([order(0), order(13), cpu(63), zoneIndex(3), pfn(2 ** 40)]).toEqual([0, 13, 63, 3, 2 ** 40]);
    expect(bytes(Number.MAX_SAFE_INTEGER)).toBe(2 ** 53 - 1);
    for (const bad of [() => order(14), () => cpu(64), () => zoneIndex(4), () => pages(-1)]) {
      expect(bad).toThrow(UnitError);
    }
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 0.5, -1, 2 ** 53]) {
      for (const unit of [pfn, pages, bytes, nanoseconds]) expect(() => unit(value)).toThrow(UnitError);
    }
    expect(() => order("3" as unknown as number)).toThrow("an order must be 0 to 13, got 3");
  });

  it("converts without losing a page", () => {
    expect([KiB(4), MiB(2), GiB(1), MiB(0.5)]).toEqual([4096, 2 ** 21, 2 ** 30, 2 ** 19]);
    expect([bytesToPages(bytes(1), 12), bytesToPages(KiB(4), 12), bytesToPages(MiB(254), 14)]).toEqual([
      1, 1, 16256,
    ]);
    expect(pagesToBytes(pages(16256), 14)).toBe(MiB(254));
    expect([addressToPfn(bytes(0x1000), 12), addressToPfn(bytes(0x1fff), 12)]).toEqual([1, 1]);
    expect(pfnToAddress(pfn(0x80000), 12)).toBe(GiB(2));
    expect([milliseconds(1.5), seconds(1)]).toEqual([1_500_000, 1e9]);
  });

  it("rounds a count up to an order like get_order", () => {
    expect([0, 1, 2, 3, 4, 5, 456, 8192].map((count) => pagesToOrder(pages(count)))).toEqual([
      0, 0, 1, 2, 2, 3, 9, 13,
    ]);
    expect(() => pagesToOrder(pages(8193))).toThrow(UnitError);
    expect(orderToPages(order(9))).toBe(512);
  });
});

describe("errors", () => {
  it("are one family, told apart by class and by code", () => {
    const problems = [
      { path: "areas[0].size", message: "is wrong" },
      { path: "", message: "so is this" },
    ];
    const errors = [
      new UnitError("x"),
      new DeviceError("d", problems),
      new MachineError(Status.BAD_PFN, "release of pfn 7"),
      new StateError("disposed", { cause: "test" }),
    ];
    for (const error of errors) expect(error).toBeInstanceOf(PageblockError);
    expect(errors.map((error) => [error.name, error.code])).toEqual([
      ["UnitError", "BAD_UNIT"],
      ["DeviceError", "BAD_DEVICE"],
      ["MachineError", "BAD_COMMAND"],
      ["StateError", "BAD_STATE"],
    ]);
    expect(errors[1]?.message).toBe('device "d" has 2 problems\n  areas[0].size: is wrong\n  so is this');
    expect(errors[2]?.message).toBe("release of pfn 7: BAD_PFN");
    expect(errors[2]).toHaveProperty("status", Status.BAD_PFN);
    expect(errors[3]?.cause).toBe("test");
  });
});
