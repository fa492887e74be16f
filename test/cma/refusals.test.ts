// Knows: requests, releases and pins that mean nothing: each is a typed error with its status, and the machine is the
// same before and after.
// Must not know: which part of the package notices.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RequestState } from "../../assembly/abi/findings.js";
import { Op, Status } from "../../assembly/abi/vocabulary.js";
import type { KernelRules } from "../../bindings/device/kernel.js";
import { DeviceError, MachineError } from "../../bindings/engine/errors.js";
import type { Machine } from "../../bindings/machine/machine.js";
import { AREA, BASE, CONTENT, command, END, isSound, KERNELS, place, small } from "./small.js";

const PAGES = 192;
const NO_NUMBERS = [
  Number.NaN,
  -1,
  0.5,
  2 ** 31,
  2 ** 32,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 53,
];

describe.each(KERNELS)("Linux %s refuses", (kernel) => {
  let machine: Machine;
  let given = 0;
  let before: { digest: string; areas: unknown; pins: unknown };

  const state = () => ({ digest: machine.digest(), areas: machine.cma.areas, pins: machine.pins() });

  /** Two areas; 20 pages given out; an anonymous page with one pin, a kernel page, a free frame. */
  beforeEach(async () => {
    machine = await small(kernel, {
      areas: [{ count: PAGES }, { name: "display", basePfn: BASE + PAGES, count: 64, orderPerBit: 2 }],
    });
    given = machine.cma.allocate({ area: AREA, pages: 20 }).pfn;
    machine.cma.allocate({ area: "display", pages: 6 });
    machine.pin(place(machine, BASE + 100, "anon"));
    place(machine, BASE + 102, "kernel");
    before = state();
  });

  afterEach(() => {
    expect(state()).toEqual(before);
    expect(isSound(machine)).toBe("sound");
    machine.dispose();
  });

  function refused(status: Status, work: () => unknown): void {
    let error: unknown;
    try {
      work();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(MachineError);
    expect(Status[(error as MachineError).status]).toBe(Status[status]);
  }

  describe("cma_alloc", () => {
    it("of no pages", () => refused(Status.BAD_COUNT, () => machine.cma.allocate({ area: AREA, pages: 0 })));
    it("of more pages than the area has", () => {
      refused(Status.BAD_COUNT, () => machine.cma.allocate({ area: AREA, pages: PAGES + 1 }));
      refused(Status.BAD_COUNT, () => machine.cma.begin({ area: "display", pages: 65 }));
    });
    it.each(NO_NUMBERS)("of %d pages", (pages) => {
      refused(Status.BAD_COUNT, () => machine.cma.allocate({ area: AREA, pages }));
    });
    it.each([...NO_NUMBERS, 31])("with alignment %d", (align) => {
      refused(Status.BAD_ALIGN, () => machine.cma.allocate({ area: AREA, pages: 1, align }));
    });
    it.each([...NO_NUMBERS, 2, "", "Camera", "2"])("from area %s", (area) => {
      refused(Status.BAD_AREA, () => machine.cma.allocate({ area, pages: 1 }));
    });
    it.each([...NO_NUMBERS, 1, 64, 256])("on CPU %d", (cpu) => {
      refused(Status.BAD_CPU, () => machine.cma.allocate({ area: AREA, pages: 1, cpu }));
    });
  });

  describe("cma_release", () => {
    const release = (pfn: number, pages: number, area: number | string = AREA) =>
      machine.cma.release(area, pfn, pages);

    it("of no pages", () => refused(Status.BAD_COUNT, () => release(given, 0)));
    it.each(NO_NUMBERS)("of %d pages", (pages) => refused(Status.BAD_COUNT, () => release(given, pages)));
    it.each(NO_NUMBERS.filter((pfn) => pfn !== 2 ** 31))("at pfn %d", (pfn) =>
      refused(Status.BAD_PFN, () => release(pfn, 1)),
    );
    it.each([...NO_NUMBERS, 2, "", "Camera"])("to area %s", (area) =>
      refused(Status.BAD_AREA, () => release(given, 1, area)),
    );
    it.each([...NO_NUMBERS, 1, 64, 256])("on CPU %d", (cpu) =>
      refused(Status.BAD_CPU, () => machine.cma.release(AREA, given, 1, cpu)),
    );
    it("of more than was given out", () => refused(Status.NOT_IN_AREA, () => release(given, 21)));
    it("of pages before and behind the area", () => {
      refused(Status.NOT_IN_AREA, () => release(BASE - 1, 1));
      refused(Status.NOT_IN_AREA, () => release(BASE - 1, 2));
      refused(Status.NOT_IN_AREA, () => release(BASE + PAGES - 1, 2));
      refused(Status.NOT_IN_AREA, () => release(2 ** 31, 1));
      refused(Status.NOT_IN_AREA, () => release(given, 2 ** 31 - 1));
    });
    it("of another area's pages", () => refused(Status.NOT_IN_AREA, () => release(given, 20, "display")));
    it("of pages that were never given out, free or in use", () => {
      refused(Status.NOT_IN_AREA, () => release(BASE + 50, 1));
      refused(Status.NOT_IN_AREA, () => release(BASE + 100, 1));
      refused(Status.NOT_IN_AREA, () => release(BASE + 102, 1));
    });
    it("in the middle of a bit", () => {
      refused(Status.NOT_IN_AREA, () => release(BASE + PAGES + 1, 3, "display"));
    });
  });

  describe("pins and contents", () => {
    it("pin of a free frame", () => refused(Status.NOT_ALLOCATED, () => machine.pin(BASE + 60)));
    it("pin behind the memory", () => refused(Status.BAD_PFN, () => machine.pin(END)));
    it("unpin of a page without a pin", () => refused(Status.BAD_PIN, () => machine.unpin(BASE + 102)));
    it("unpin of a free frame", () => refused(Status.BAD_PIN, () => machine.unpin(BASE + 60)));
    it("unpin of a pin that was given back", () => {
      const pin = machine.pin(BASE + 102);
      if (pin === undefined) throw new Error("no pin");
      machine.unpin(pin);
      refused(Status.BAD_PIN, () => machine.unpin(pin));
    });
    it("one pin too many", () => {
      for (let i = 0; i < 63; i++) machine.pin(BASE + 102);
      const full = machine.digest();
      refused(Status.BAD_PIN, () => machine.pin(BASE + 102));
      expect(machine.digest()).toBe(full);
      for (let i = 0; i < 63; i++) machine.unpin(BASE + 102);
    });
    it("content of a free frame", () =>
      refused(Status.NOT_ALLOCATED, () => machine.setContent(BASE + 60, CONTENT.anon)));
    it.each([...NO_NUMBERS, BASE + 100.5, BASE + 100 + 2 ** 32])("frame %d", (pfn) => {
      expect(() => machine.pin(pfn)).toThrow(MachineError);
      expect(() => machine.unpin(pfn)).toThrow(MachineError);
      expect(() => machine.setContent(pfn, CONTENT.anon)).toThrow(MachineError);
      expect(() => machine.release(pfn)).toThrow(MachineError);
    });
    it("release of single pages of a pinned block", () => {
      refused(Status.BAD_PIN, () => command(machine, Op.SPLIT_RELEASE, { a: BASE + 100 }));
      refused(Status.BAD_PIN, () => command(machine, Op.RELEASE_DIRECT, { a: BASE + 100 }));
    });
  });
});

describe.each(KERNELS)("release, Linux %s", (kernel) => {
  it("of any part of what was given out, as the kernel allows: first, last, middle; each page once", async () => {
    using machine = await small(kernel);
    const { pfn } = machine.cma.allocate({ area: AREA, pages: 64 });
    const half = () => machine.cma.release(AREA, pfn + 20, 24);
    machine.cma.release(AREA, pfn, 10);
    machine.cma.release(AREA, pfn + 50, 14);
    half();
    const digest = machine.digest();
    for (const [first, pages] of [
      [0, 10],
      [0, 64],
      [9, 2],
      [20, 24],
      [43, 2],
      [19, 2],
    ] as const) {
      expect(() => machine.cma.release(AREA, pfn + first, pages)).toThrow("NOT_IN_AREA");
    }
    expect(machine.digest()).toBe(digest);
    machine.cma.release(AREA, pfn + 10, 10);
    machine.cma.release(AREA, pfn + 44, 6);
    expect(machine.cma.area(AREA)).toMatchObject({ available: 256, releasePagesSuccess: 64 });
    expect(isSound(machine)).toBe("sound");
  });

  it("of two buffers that lie side by side, in one go", async () => {
    using machine = await small(kernel);
    machine.cma.allocate({ area: AREA, pages: 7 });
    machine.cma.allocate({ area: AREA, pages: 9 });
    machine.cma.release(AREA, BASE, 16);
    expect(machine.cma.area(AREA).available).toBe(256);
    expect(isSound(machine)).toBe("sound");
  });

  it("of pages that were freed behind the area's back is refused", async () => {
    using machine = await small(kernel);
    machine.cma.allocate({ area: AREA, pages: 8 });
    machine.release(BASE + 3);
    const digest = machine.digest();
    expect(() => machine.cma.release(AREA, BASE, 8)).toThrow("NOT_ALLOCATED");
    expect(machine.digest()).toBe(digest);
    machine.cma.release(AREA, BASE, 3);
    expect(isSound(machine)).toBe("sound");
  });

  it("of a window that a request has only marked is refused, in each state", async () => {
    using machine = await small(kernel);
    for (let pfn = BASE; pfn < BASE + 8; pfn++) place(machine, pfn, "kernel");
    const request = machine.cma.begin({ area: AREA, pages: 8 });
    for (const state of [RequestState.ISOLATE, RequestState.SCAN, RequestState.TEST]) {
      request.runUntil(state);
      const digest = machine.digest();
      expect(() => machine.cma.release(AREA, BASE, 8)).toThrow("NOT_IN_AREA");
      expect(machine.digest()).toBe(digest);
    }
    expect(request.run().windows[0]?.blocker).toBe(BASE);
    expect(isSound(machine)).toBe("sound");
  });

  it("of a page that somebody has pinned leaves it to the last pin", async () => {
    using machine = await small(kernel);
    machine.cma.allocate({ area: AREA, pages: 8 });
    machine.pin(BASE + 2);
    machine.cma.release(AREA, BASE, 8);
    expect(isSound(machine)).toBe("sound");
    expect(() => machine.release(BASE + 2)).toThrow("NOT_ALLOCATED");
    expect(machine.cma.allocate({ area: AREA, pages: 8 }).pfn).toBe(BASE + 3);
    machine.unpin(BASE + 2);
    expect(machine.cma.allocate({ area: AREA, pages: 3 }).pfn).toBe(BASE);
    expect(isSound(machine)).toBe("sound");
  });

  it("twice of a pinned page is refused the second time", async () => {
    using machine = await small(kernel);
    machine.pin(place(machine, BASE + 2, "anon"));
    machine.release(BASE + 2);
    const digest = machine.digest();
    expect(() => machine.release(BASE + 2)).toThrow("NOT_ALLOCATED");
    expect(machine.digest()).toBe(digest);
    machine.unpin(BASE + 2);
    expect(() => machine.release(BASE + 2)).toThrow("NOT_ALLOCATED");
    expect(isSound(machine)).toBe("sound");
  });
});

describe("rules of a machine", () => {
  it("that do not exist are refused, all at once", async () => {
    const rules: Partial<KernelRules> = JSON.parse(`{ "cmaLock": 7, "cmaError": -1, "lock": 0 }`);
    const error = await small("6.12", { rules }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as DeviceError).problems.map(({ path, message }) => `${path} ${message}`)).toEqual([
      "rules.cmaError must be one of 0, 1, got -1",
      "rules.cmaLock must be one of 0, 1, 2, got 7",
      expect.stringMatching(/^rules.lock is no rule; there are listType, /),
    ]);
  });
});

describe("a request that has ended", () => {
  it("answers the same again, and its number is free for the next", async () => {
    using machine = await small("6.12");
    const request = machine.cma.begin({ area: AREA, pages: 8 });
    const result = request.run();
    const digest = machine.digest();
    expect(request.run()).toBe(result);
    expect(request.kill()).toBe(result);
    expect(request.step()).toBe(RequestState.DONE);
    expect(machine.digest()).toBe(digest);
    expect(() => command(machine, Op.CMA_STEP, { a: 0 })).toThrow("BAD_REQUEST");
    expect(() => command(machine, Op.CMA_STEP, { a: 64 })).toThrow("BAD_REQUEST");
    expect(machine.digest()).toBe(digest);
  });
});
