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

/** Further excerpts, in test/golden/posts: labelled from their threads, after explain was changed. */
export const POSTS: Readonly<Record<string, Label>> = {
  "anholt-94-vc4": { verdict: ["EXHAUSTED"], atMost: "likely" },
  "aes-stream-drivers-87": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "rpicam-apps-718-escapes": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "rpicam-apps-707-dmaheap": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "pinephone-55-sun6i-csi": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "allsky-4692": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "openbmc-3871-pools": { verdict: ["BENIGN"], atMost: "proved" },
  "xilinx_axidma-95": { verdict: ["RESERVATION-SHRANK"], atMost: "proved" },
  "udmabuf-23-no-area": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "linux-at91-50": { verdict: ["RESERVATION-SHRANK"], atMost: "proved" },
  "armbian-rockchip-241": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "udmabuf-98": { verdict: ["PINNED", "UNDECIDED"], atMost: "likely" },
  "cedar-5-ion": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "inspireface-210-dma-heap": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "ubuntu-rockchip-1133": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "loongson-23-dumb": { verdict: ["UNDECIDED"], atMost: "undecided", next: /meminfo/ },
  "anholt-23-0ad": { verdict: ["UNDECIDED", "EXHAUSTED"], atMost: "likely" },
  "anholt-129-busy": { verdict: ["UNDECIDED"], atMost: "undecided" },
  "rpi-firmware-57-vmalloc": { verdict: ["NOT-CMA"], atMost: "proved" },
  "firefly-4.4.55-test_pages_isolated": { verdict: ["UNDECIDED"], atMost: "undecided" },
  "asahi-126-bufinfo": { verdict: ["BENIGN"], atMost: "proved" },
};
