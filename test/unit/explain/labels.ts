// Knows: what a good answer to each excerpt of a real thread is, labelled by hand from the thread and from how it ended.
// Must not know: how it is answered.
//
// Written before explain was changed. `outcome` is the best that the excerpt allows: what is proved, what is likely, or what
// stays open with a command that its owner can run. Excerpts lie in test/golden/explain/<name>/input.txt.

import type { Certainty, Verdict } from "../../../bindings/explain/index.js";

export interface Label {
  /** One of these is right, for the first failed request or, without one, for the first finding. */
  readonly verdict: readonly Verdict[];
  /** No stronger word may be used. */
  readonly atMost: Certainty;
  /** What the next step must be about. */
  readonly next?: RegExp;
}

export const LABELS: Readonly<Record<string, Label>> = {
  "anholt-linux-76": { verdict: ["PINNED"], atMost: "likely" },
  "cma-reserve-silently-failed-dr1": { verdict: ["RESERVATION-SHRANK"], atMost: "proved" },
  "debugfs-bitmap-k5.4": { verdict: ["BENIGN"], atMost: "proved" },
  "gstreamer-imx-30": { verdict: ["ALIGNMENT"], atMost: "likely" },
  "imx6q-vpu-dong-2022": { verdict: ["ISOLATION-COLLISION"], atMost: "likely" },
  "migration-failure-dump-6.8": { verdict: ["PINNED"], atMost: "likely" },
  "novena-25": { verdict: ["BENIGN", "UNDECIDED"], atMost: "likely" },
  "nxp-cas-2022-seed": { verdict: ["ALIGNMENT"], atMost: "proved" },
  "page_owner-samples": { verdict: ["UNMOVABLE-IN-CMA"], atMost: "likely" },
  "pagetypeinfo-with-CMA-12-orders": { verdict: ["BENIGN"], atMost: "proved" },
  "picamera2-972-meminfo": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo|dmesg/ },
  "rpi-linux-2680": { verdict: ["PINNED", "UNDECIDED"], atMost: "likely", next: /trace|dmesg/ },
  "rpi-linux-2966": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "rpi-linux-4600": {
    verdict: ["UNDECIDED", "IMPOSSIBLE", "EXHAUSTED"],
    atMost: "likely",
    next: /meminfo/,
  },
  "samsung-jaewon-2016-first-format": { verdict: ["FRAGMENTED"], atMost: "proved" },
  "xiaomi-cma_alloc_start-2025": { verdict: ["BENIGN"], atMost: "proved" },
  "yuehu-order-per-bit-2019": { verdict: ["UNDECIDED"], atMost: "undecided" },
};
