// Knows: the masks of the kernel's named flag combinations, as a kernel prints and counts them.

import { describe, expect, it } from "vitest";
import * as gfp from "../../../bindings/engine/gfp.js";
import { GFP_NAMES } from "../../../bindings/importers/capture/trace/gfp_names.js";

describe("gfp masks", () => {
  it("have the values that Linux 6.12 prints", () => {
    expect(gfp.gfpMasks).toEqual({
      GFP_KERNEL: 0xcc0,
      GFP_KERNEL_ACCOUNT: 0x40_0cc0,
      GFP_ATOMIC: 0x820,
      GFP_NOWAIT: 0x2800,
      GFP_NOIO: 0xc00,
      GFP_NOFS: 0xc40,
      GFP_USER: 0x10_0cc0,
      GFP_HIGHUSER: 0x10_0cc2,
      GFP_HIGHUSER_MOVABLE: 0x10_0cca,
      GFP_TRANSHUGE_LIGHT: 0x1c_20ca,
      GFP_TRANSHUGE: 0x1c_24ca,
      GFP_DMA: 0x1,
      GFP_DMA32: 0x4,
    });
  });

  it("are those that the importers read from a 6.12 trace", () => {
    for (const [name, mask] of Object.entries(gfp.gfpMasks)) {
      expect(GFP_NAMES["6.12"].get(name), name).toBe(mask);
    }
  });
});
