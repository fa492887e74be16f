// Knows: the named policies under which areas keep their pages, one row each: what they hold while no client has them.
// Must not know: how the core decides (assembly/policy).

import { CmaOwnerRule } from "../../assembly/abi/proposals.js";
import { row } from "./row.js";

const KEEPS = { cmaOwner: CmaOwnerRule.AREA };
const PARK = "Park, guaranteed CMA, 1415718010 (2014) and 1424721263 (2015); LWN 619865";

/** Areas that keep their pages: a request never moves one, and never fails for one. */
export const OWNERS = [
  row(
    "carveout",
    {},
    {
      doc: "the pages of an area are reserved for its clients from boot on: nobody borrows them, and the rest of the system has that much less memory",
      claim: "memory that nobody else may use is there at once whenever it is asked for",
      source: "reserved-memory without `reusable`: what CMA was made to replace",
    },
    KEEPS,
  ),
  row(
    "carveout-tmem",
    { guests: "every" },
    {
      doc: "carveout; each clean file page that reclaim drops is copied in, the oldest copy making room for it, and is copied back when it is read again; a request drops what lies in its way",
      claim:
        "file pages use the memory while its client does not; dropped in 2013, since copying on every hit lost file system benchmarks",
      source: "transcendent memory (cleancache) on a carve-out, as Qualcomm had it before CMA; Abbott, 2013",
    },
    KEEPS,
  ),
  row(
    "gcma",
    { guests: "workingset", guestEvict: 64 },
    {
      doc: "the area holds copies of clean file pages of the working set that reclaim has dropped, each copied back by a later read; without room the copy is not made and a worker drops the 64 oldest; a request drops what lies in its way, page by page: no migration, no failure",
      claim: "an area that can be taken back at once, and is of use until then",
      source:
        "Baghdasaryan and Kim, 20251026203611.1608903-1; the numbers are those of the driver that phones ship",
    },
    KEEPS,
  ),
  row(
    "gcma-frontswap",
    { guests: "every", frontswapShare: 50 },
    {
      doc: "the area holds copies of clean file pages and, in up to half of it (chosen), anonymous pages on their way to swap; a request that takes the frame of such a page writes it to storage first; only where swap is a disk",
      claim:
        "the ratio of the two is a knob: more swapped-out pages make a request slower, and never slower than storage writes them",
      source: `${PARK}, with write-back; the ratio: Kim (Minchan), 2013`,
    },
    KEEPS,
  ),
  row(
    "gcma-write-through",
    { guests: "every", frontswapShare: 50, writeThrough: true },
    {
      doc: "as gcma-frontswap, but a swapped-out page is written to storage when it is copied in: a request drops every copy at once, and every swap-out costs its writing",
      claim: "on a CuBox-i4 a request for 4,096 pages takes 13 ms instead of 299 ms on average",
      source: `${PARK}: what its tables were measured with`,
    },
    KEEPS,
  ),
];
