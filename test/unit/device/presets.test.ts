import { describe, expect, it } from "vitest";
import { getPreset, presetNames, presets, resolveDevice } from "../../../bindings/device/index.js";
import { PageblockError } from "../../../bindings/engine/errors.js";
import { MiB } from "../../../bindings/engine/units.js";

describe("presets", () => {
  it.each(presetNames)("%s resolves, and says where its numbers come from", (name) => {
    const device = resolveDevice(getPreset(name));
    expect(device.name).toBe(name);
    expect(device.sources.length).toBeGreaterThan(0);
    expect(device.sources.join(" ")).toMatch(/https?:|torvalds\/linux|chosen/);
    expect(device.sources.every((source) => source.length > 20)).toBe(true);
    expect(device.areas.length).toBeGreaterThan(0);
    expect(device.totals.managed).toBeGreaterThan(0.85 * device.totals.present);
    for (const area of device.areas) {
      expect(area.start % 2 ** device.pageblockOrder).toBe(0);
      expect(area.pages % 2 ** device.pageblockOrder).toBe(0);
    }
  });

  it("phones have a camera area for 254 MiB, and as much CMA as the talk reports", () => {
    for (const name of ["phone-16g", "phone-16g-16k"] as const) {
      const device = resolveDevice(presets[name]);
      const camera = device.areas.find((area) => area.name === "camera");
      expect((camera?.pages ?? 0) * device.pageSize).toBeGreaterThanOrEqual(MiB(512));
      expect(device.totals.cma * device.pageSize).toBe(MiB(2304));
      expect(device.totals.present * device.pageSize).toBe(2 ** 34);
      expect(device.zones.filter((zone) => zone.present > 0).map((zone) => zone.name)).toEqual(["Normal"]);
    }
  });

  it("the Raspberry Pi has the zones of its boot log: 242688 and 770048 pages", () => {
    const device = resolveDevice(getPreset("rpi4-4g"));
    expect(device.zones.map((zone) => zone.present)).toEqual([242_688, 770_048, 0, 0]);
    expect(device.totals.present).toBe(1_012_736);
  });

  it("the server's one-bit-per-huge-page area starts at 4 GiB", () => {
    const area = resolveDevice(getPreset("server-64g")).areas[0];
    expect([area?.start, area?.orderPerBit, area?.bits]).toEqual([2 ** 20, 9, 2048]);
  });

  it("a misspelt name is answered with the closest one", () => {
    expect(() => getPreset("phone16g")).toThrow(PageblockError);
    expect(() => getPreset("phone16g")).toThrow('there is no preset "phone16g". Did you mean "phone-16g"?');
    expect(() => getPreset("RPI4")).toThrow('Did you mean "rpi4-4g"?');
    expect(() => getPreset("toString")).toThrow("Presets: phone-16g, phone-16g-16k");
    expect(() => getPreset("mainframe")).not.toThrow("Did you mean");
  });
});
