// Knows: the clients of cma_alloc: cameras, televisions, GPU buffers, small users that fragment an area.
// Must not know: how they act (assembly/workload/actors).

import {
  CameraParameter,
  FragmenterParameter,
  GpuParameter,
  TvParameter,
} from "../../../assembly/abi/clients.js";
import { ActorKind, Parameter } from "../../../assembly/abi/simulation.js";
import { DMA_ALIGN_MAX, DMA_ALIGN_SOURCE, dmaAlign, kind, type ParameterRow, value } from "./kind.js";

function align(index: number, fallback = DMA_ALIGN_MAX, source = DMA_ALIGN_SOURCE): ParameterRow {
  const doc = "order of the alignment; a gigantic page of 1 GiB has 18";
  return { index, dimension: "order", default: fallback, min: 0, max: 18, doc, source };
}

function deadline(index: number, written: string | number): ParameterRow {
  const doc = "later than this the buffer is of no use; 0: none";
  return { index, dimension: "time", default: written, doc, source: "chosen" };
}

function spread(index: number, fallback: string, doc: string): ParameterRow {
  return { index, dimension: "spread", default: fallback, doc, source: "chosen" };
}

/** What a client asks for instead of what the policy says. */
const ASKED = {
  retries: {
    index: Parameter.RETRIES,
    dimension: "retries",
    default: "policy",
    doc: "sleeps before its requests give up",
    source: "the policy",
  },
  effort: {
    index: Parameter.EFFORT,
    dimension: "effort",
    default: "policy",
    doc: "how hard its requests try; noretry: __GFP_NORETRY",
    source: "the policy",
  },
  window: {
    index: Parameter.WINDOW,
    dimension: "window",
    default: "policy",
    doc: "which free window its requests try",
    source: "the policy",
  },
} as const satisfies Readonly<Record<string, ParameterRow>>;

export const camera = kind({
  kind: ActorKind.CAMERA,
  role: "client",
  doc: "One large request at each opening, held while the camera is open.",
  area: "required",
  parameters: {
    pages: {
      index: CameraParameter.PAGES,
      dimension: "size",
      default: "254MiB",
      min: "1 pages",
      doc: "one request",
      source: "Yescas and Singh, LPC 2025: act 4",
    },
    align: align(CameraParameter.ALIGN),
    interval: {
      index: CameraParameter.INTERVAL,
      dimension: "interval",
      default: "20s",
      min: "1ms",
      doc: "time from one opening to the next",
      source: "chosen",
    },
    "interval-spread": spread(CameraParameter.INTERVAL_SPREAD, "uniform", "distribution of that time"),
    hold: {
      index: CameraParameter.HOLD,
      dimension: "time",
      default: "5s",
      doc: "how long it stays open",
      source: "chosen",
    },
    "hold-spread": spread(CameraParameter.HOLD_SPREAD, "uniform", "distribution of that time"),
    deadline: deadline(CameraParameter.DEADLINE, "500ms"),
    think: {
      index: CameraParameter.THINK,
      dimension: "time",
      default: 0,
      doc: "mean pause from giving its buffer back, or from the failure, to the next opening (a closed loop: nothing is skipped); 0: it opens by interval",
      source: "chosen",
    },
    "think-spread": spread(CameraParameter.THINK_SPREAD, "uniform", "distribution of that pause"),
    openings: {
      index: CameraParameter.OPENINGS,
      dimension: "count",
      default: 0,
      min: 0,
      doc: "most openings; 0: no limit",
      source: "chosen",
    },
    ...ASKED,
  },
  slots: () => 0,
  request: (v) => ({ pages: value(v, "pages"), align: value(v, "align") }),
});

export const tv = kind({
  kind: ActorKind.TV,
  role: "client",
  doc: "A set of equal buffers, all given back and requested again when the channel changes.",
  area: "required",
  parameters: {
    pages: {
      index: TvParameter.PAGES,
      dimension: "size",
      default: "2025 pages",
      min: "1 pages",
      doc: "one buffer",
      source: "1920 x 1080 x 4 bytes are 2025 pages of 4 KiB",
    },
    align: align(TvParameter.ALIGN),
    buffers: {
      index: TvParameter.BUFFERS,
      dimension: "count",
      default: 8,
      min: 1,
      max: 1024,
      doc: "buffers of one stream",
      source: "chosen",
    },
    interval: {
      index: TvParameter.INTERVAL,
      dimension: "interval",
      default: "10s",
      min: "1ms",
      doc: "time from one channel to the next",
      source: "chosen",
    },
    "interval-spread": spread(TvParameter.INTERVAL_SPREAD, "uniform", "distribution of that time"),
    deadline: deadline(TvParameter.DEADLINE, "1s"),
    ...ASKED,
  },
  slots: () => 0,
  request: (v) => ({ pages: value(v, "pages"), align: value(v, "align") }),
});

export const gpu = kind({
  kind: ActorKind.GPU,
  role: "client",
  doc: "dma-buf clients with buffers of very different sizes, from an area, or without one from the system heap.",
  area: "optional",
  parameters: {
    interval: {
      index: GpuParameter.INTERVAL,
      dimension: "interval",
      default: "2s",
      min: "1ms",
      doc: "mean time between buffers, exponential",
      source: "chosen",
    },
    "pages-min": {
      index: GpuParameter.PAGES_MIN,
      dimension: "size",
      default: "30MiB",
      min: "1 pages",
      doc: "smallest buffer",
      source: "Yescas, linux-arm-kernel, August 2025: GPUs need 30 to 500 MiB",
    },
    "pages-max": {
      index: GpuParameter.PAGES_MAX,
      dimension: "size",
      default: "500MiB",
      min: "1 pages",
      doc: "largest buffer; the logarithm is uniform between the two",
      source: "the same",
    },
    hold: {
      index: GpuParameter.HOLD,
      dimension: "time",
      default: "3s",
      doc: "how long a buffer is held",
      source: "chosen",
    },
    "hold-spread": spread(GpuParameter.HOLD_SPREAD, "exponential", "distribution of that time"),
    align: align(GpuParameter.ALIGN),
    deadline: deadline(GpuParameter.DEADLINE, "1s"),
    ...ASKED,
  },
  // Little's law: buffers alive = hold / interval, with room for bursts; each may be of order 0 pages.
  slots: (v) =>
    Math.ceil((4 * value(v, "hold")) / Math.max(value(v, "interval"), 1) + 4) * value(v, "pages-max"),
  request: (v) => ({ pages: value(v, "pages-max"), align: value(v, "align") }),
});

export const fragmenter = kind({
  kind: ActorKind.FRAGMENTER,
  role: "client",
  doc: "Many small requests of one area with very different lifetimes: they leave it full of holes.",
  area: "required",
  parameters: {
    "pages-min": {
      index: FragmenterParameter.PAGES_MIN,
      dimension: "size",
      default: "1 pages",
      min: "1 pages",
      doc: "smallest request",
      source: "chosen",
    },
    "pages-max": {
      index: FragmenterParameter.PAGES_MAX,
      dimension: "size",
      default: "1MiB",
      min: "1 pages",
      doc: "largest request",
      source: "chosen",
    },
    align: {
      ...align(FragmenterParameter.ALIGN, -1),
      min: -1,
      doc: "order of the alignment; -1: as the DMA layer does, min(get_order, 8)",
    },
    interval: {
      index: FragmenterParameter.INTERVAL,
      dimension: "interval",
      default: "100/s",
      min: "1us",
      doc: "mean time between requests, exponential",
      source: "chosen",
    },
    hold: {
      index: FragmenterParameter.HOLD,
      dimension: "time",
      default: "5s",
      doc: "how long a buffer is held",
      source: "chosen",
    },
    "hold-spread": spread(FragmenterParameter.HOLD_SPREAD, "lognormal", "distribution of that time"),
    "keep-share": {
      index: FragmenterParameter.KEEP_SHARE,
      dimension: "share",
      default: "1%",
      doc: "part of the buffers that are never given back",
      source: "chosen",
    },
    deadline: deadline(FragmenterParameter.DEADLINE, 0),
    ...ASKED,
  },
  slots: () => 0,
  request: (v) => {
    const pages = value(v, "pages-max");
    const order = value(v, "align");
    return { pages, align: order < 0 ? dmaAlign(pages) : order };
  },
});
