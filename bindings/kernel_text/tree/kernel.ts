// Knows: which kernel's files the tree shows, and what its zones are called; both follow from the machine's numbers.
// Must not know: files, formats.

import { CmaZoneRule } from "../../../assembly/abi/proposals.js";
import { CmaErrorRule, Gfp, PcpRule } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import type { KernelId } from "../../device/kernel.js";
import type { MachineViews } from "../../machine/views.js";

/** The kernel whose rules the machine follows. */
export function kernelOfMachine(views: MachineViews): KernelId {
  if (views.config(ConfigWord.RULE_PCP) === PcpRule.FIXED_HIGH) return "6.1";
  return views.config(ConfigWord.RULE_CMA_ERROR) === CmaErrorRule.STARTS_EBUSY ? "6.15" : "6.12";
}

/** By zone index. The zone that GFP_DMA means is called DMA unless it is the Normal one, and so on. */
export function zoneNames(views: MachineViews): string[] {
  const normal = views.config(ConfigWord.NORMAL_ZONE);
  const zoneOf = (bits: number) => views.config(ConfigWord.GFP_ZONE + bits);
  const hasOwn = views.config(ConfigWord.RULE_CMA_ZONE) === CmaZoneRule.OWN;
  return [...Array(views.config(ConfigWord.NR_ZONES)).keys()].map((index, _, all) => {
    if (index === normal) return "Normal";
    if (hasOwn && index === all.length - 1) return "CMA";
    if (index === views.config(ConfigWord.MOVABLE_ZONE)) return "Movable";
    if (index === zoneOf(Gfp.HIGHMEM)) return "HighMem";
    return index === zoneOf(Gfp.DMA) ? "DMA" : "DMA32";
  });
}
