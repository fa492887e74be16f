// Knows: what must be answered to each input of test/golden/faults, turned by hand from what a person expects to read.
// Must not know: how it is answered.

import type { Verdict } from "../../../bindings/explain/index.js";
import type { Answer, Expected } from "./expected.js";

export type { Answer, Expected };

const UNSURE: readonly Verdict[] = ["UNDECIDED", "PINNED"];

export const FAULTS: Readonly<Record<string, Expected>> = {
  "area-total-from-memory-line": {
    requests: [{ pages: 3934, errno: -12, verdict: ["UNDECIDED"], impossible: ["IMPOSSIBLE"] }],
    says: [/16,?384/],
    size: { atLeast: 16384 },
  },
  "area-total-from-show_mem": {
    // Twelve seconds apart: two requests.
    requests: [
      { pages: 1024, errno: null, verdict: ["UNDECIDED"], impossible: ["IMPOSSIBLE"] },
      { pages: 1024, errno: -12, verdict: ["UNDECIDED"], impossible: ["IMPOSSIBLE"] },
    ],
    says: [/131,?072/],
    size: { atLeast: 131072 },
  },
  "bitmap-wrapped": {
    requests: [],
    findings: ["BENIGN"],
    says: [/area reserved: 213 pages in use of 512/, /1 free run\b/, /longest 299\b/, /at 213\b/],
    never: [/128/, /0 free runs/],
    areas: 1,
  },
  "busy-3x-wording": { requests: [{ pages: 2025, verdict: UNSURE }] },
  "busy-then-driver-error": {
    requests: [{ pages: 768, verdict: UNSURE }],
    never: [/BENIGN/, /no request failed/],
  },
  "busy-windows-old-kernel": {
    requests: [],
    findings: ["UNDECIDED"],
    says: [/4\.11/, /possible: .*BENIGN/],
    never: [/no request failed/],
  },
  "cmafree-below-request": {
    requests: [
      { pages: 512, errno: -12, verdict: ["EXHAUSTED"], certainty: "likely" },
      { pages: 512, errno: -12, verdict: ["EXHAUSTED"], certainty: "likely" },
    ],
    says: [/\b4 of 8,?192 pages/],
    never: [/proved/, /held/],
  },
  "cmafree-plenty": {
    requests: [{ pages: 7630, errno: -16, verdict: UNSURE }],
    says: [/225,?877 of 262,?144/, /drop_caches/, /compact_memory/],
  },
  "driver-line-first": {
    requests: [{ pages: 2032, errno: -16, verdict: ["EXHAUSTED"], certainty: "proved" }],
    size: { atLeast: 65536 },
  },
  "dump-count-and-owner": {
    requests: [],
    findings: ["PINNED"],
    says: [/1 of its 2 references/, /get_user_pages/, /blkdev_direct_IO/],
    never: [/its references are not in the log/],
  },
  "dump-without-head": {
    requests: [{ pages: 15262, errno: -16 }],
    says: [/0x7c600/, /order 9/, /nobody holds it/],
    never: [/who holds it is open/],
  },
  "empty-list-is-no-era": {
    requests: [
      {
        pages: 256,
        errno: -12,
        verdict: ["UNDECIDED"],
        possible: ["FRAGMENTED", "ALIGNMENT", "NO-MIGRATION-TARGET"],
        impossible: ["IMPOSSIBLE", "EXHAUSTED"],
      },
    ],
    never: [/6\.15 or later/, /proved/],
  },
  "errno-lost-7x": {
    requests: [
      {
        pages: 11907,
        errno: null,
        verdict: ["UNDECIDED"],
        possible: ["EXHAUSTED", "FRAGMENTED", "ALIGNMENT"],
      },
    ],
  },
  "fallback-negated": {
    requests: [{ pages: 765, verdict: ["UNDECIDED"] }],
    never: [/the caller went on/],
  },
  "harmless-small": {
    requests: [{ pages: 33, errno: -12, verdict: ["UNDECIDED"], possible: ["BENIGN"] }],
    says: [/buddy allocator/, /order 6/, /no driver error/],
  },
  "holders-bufinfo": {
    requests: [{ pages: 6075, errno: -12, verdict: ["EXHAUSTED"], certainty: "proved" }],
    says: [/\b4 dma-bufs\b.*\bcma\b/, /24,?300 pages/, /91 ?%/],
  },
  "holders-vc4-bo": {
    requests: [{ pages: 2040, errno: -12, verdict: ["EXHAUSTED", "UNDECIDED"] }],
    says: [/62,?328 kB/, /15,?582 pages/, /\b64 buffer objects/],
    size: { atLeast: 17622 },
    never: [/cma=12M/],
  },
  "list-without-positions": {
    requests: [{ pages: 256, errno: -12, verdict: ["FRAGMENTED"] }],
    says: [/\b166 pages/],
  },
  "meminfo-only": {
    requests: [],
    findings: ["UNDECIDED", "BENIGN"],
    says: [/256 MiB/, /183 MiB/, /10,?852 kB/],
    never: [/\bheld\b/],
  },
  "one-page": {
    requests: [
      {
        pages: 1,
        errno: -12,
        verdict: ["EXHAUSTED"],
        certainty: "likely",
        possible: ["NO-MIGRATION-TARGET"],
        impossible: ["FRAGMENTED", "ALIGNMENT", "IMPOSSIBLE"],
      },
      { pages: 1, errno: -12, verdict: ["EXHAUSTED"], certainty: "likely" },
    ],
    says: [/16,?384 pages/, /leak/],
  },
  "qp-soft-break": {
    requests: [{ pages: 500000, errno: -16, verdict: ["PINNED"] }],
    says: [/2,?096,?848/],
  },
  "reserve-line-taken-by-meminfo": {
    requests: [],
    findings: ["RESERVATION-SHRANK"],
    says: [/512 MiB/, /0 MiB/],
  },
  "reserve-logcat": { requests: [], findings: ["RESERVATION-SHRANK"], says: [/linux,cma/] },
  "reserve-no-blank": { requests: [], findings: ["RESERVATION-SHRANK"], says: [/512 MiB/] },
  "reserve-no-size": {
    requests: [],
    findings: ["RESERVATION-SHRANK"],
    says: [/linux,cma/, /32 MiB/],
  },
  "reserve-second-area": {
    requests: [],
    findings: ["RESERVATION-SHRANK"],
    says: [/220 MiB/, /256 MiB/],
    never: [/-36/, /the device tree asked/],
  },
  "reserve-slots": {
    requests: [],
    findings: ["RESERVATION-SHRANK"],
    says: [/20 MiB/, /CONFIG_CMA_AREAS/],
  },
  "reserve-two-cma-zero": {
    requests: [],
    findings: ["RESERVATION-SHRANK"],
    says: [/command line/, /256 MiB/, /\b0 MiB/, /remed/i],
    never: [/device tree asked/, /is not in the log/, /asked for 64 MiB/],
  },
  siblings: {
    requests: [
      { pages: 69, errno: -16, verdict: ["PINNED"] },
      { pages: 69, errno: -16, verdict: ["PINNED"] },
    ],
  },
  "size-without-area": {
    requests: [{ pages: 128, errno: -12, verdict: ["UNDECIDED"] }],
    size: { noCommandLine: true, says: [/383 pages/, /1\.50? MiB/, /not in the log/] },
  },
  "total-without-opening": {
    requests: [{ pages: 3888, errno: -16, verdict: ["EXHAUSTED"], certainty: "proved" }],
    says: [/3,?072 of 4,?096/, /816 too few/],
  },
  "words-dma-heap": { requests: [{ pages: 3038, errno: -12, verdict: ["UNDECIDED"] }] },
  "words-drivers": {
    requests: [
      { pages: 10125, verdict: ["UNDECIDED"] },
      { pages: 4096, verdict: ["UNDECIDED"] },
      { pages: 3811, verdict: ["UNDECIDED"] },
    ],
  },
  "words-libcamera": {
    requests: [{ pages: null, errno: -12, verdict: ["UNDECIDED"] }],
    says: [/65,?536 pages/, /15,?513/],
  },
};
