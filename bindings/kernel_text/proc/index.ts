// Knows: what other rooms may use of this one. Re-exports only.

export { renderAllocFailed, renderAvailablePages, renderCmaBitmap } from "./cma.js";
export { renderBuddyinfo, renderPagetypeinfo } from "./pagetypeinfo.js";
export {
  type CounterLine,
  renderVmstat,
  renderZoneinfo,
  type ZoneinfoPageset,
  type ZoneinfoPopulated,
  type ZoneinfoZone,
} from "./zoneinfo.js";
