// Knows: the parameters of clients: actors that ask cma_alloc for buffers.
// Must not know: what an actor does (workload/), the parameters that all actors have (simulation).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** GPU: AREA -1 takes from the system heap (orders 8, 4, 0, not movable). */
export enum GpuParameter {
  INTERVAL = 2,
  PAGES_MIN,
  PAGES_MAX,
  HOLD,
  HOLD_SPREAD,
  ALIGN,
  DEADLINE,
}

export enum CameraParameter {
  /** Pages of one request, and its alignment order. */
  PAGES = 2,
  ALIGN,
  /** From one opening to the next. */
  INTERVAL,
  INTERVAL_SPREAD,
  /** Time that it stays open. */
  HOLD,
  HOLD_SPREAD,
  /** Later than this it is of no use; 0: none. */
  DEADLINE,
  /** Pause from the end of one use to the next opening (closed loop); 0: openings come by INTERVAL, whatever became of the last. */
  THINK,
  THINK_SPREAD,
  /** Most openings; 0: no limit. */
  OPENINGS,
}

export enum TvParameter {
  PAGES = 2,
  ALIGN,
  BUFFERS,
  /** From one channel to the next. */
  INTERVAL,
  INTERVAL_SPREAD,
  DEADLINE,
}

export enum FragmenterParameter {
  PAGES_MIN = 2,
  PAGES_MAX,
  /** -1: as the DMA layer does, min(get_order, 8). */
  ALIGN,
  INTERVAL,
  HOLD,
  HOLD_SPREAD,
  /** Part of the buffers that are never given back. */
  KEEP_SHARE,
  DEADLINE,
}
