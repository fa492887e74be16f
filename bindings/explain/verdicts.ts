// Knows: the names of the verdicts, and which command decides between those that are left.
// Must not know: how a verdict is reached, what helps (remedies.ts).
//
// LATENCY is not a name of its own: a request that met busy windows and succeeded is BENIGN, its delay is in the evidence.

/** Every cause that explain can name. */
export const VERDICTS = [
  "BENIGN",
  "IMPOSSIBLE",
  "RESERVATION-SHRANK",
  "EXHAUSTED",
  "FRAGMENTED",
  "ALIGNMENT",
  "ISOLATION-COLLISION",
  "PINNED-LONG",
  "PINNED-ROLLING",
  "PINNED",
  "UNMOVABLE-IN-CMA",
  "NO-MIGRATION-TARGET",
  "KILLED",
  "NOT-CMA",
  "UNDECIDED",
] as const;

/** A word of VERDICTS. */
export type Verdict = (typeof VERDICTS)[number];

/** How sure an answer is. proved: the arithmetic or the kernel's own words leave nothing else; likely: the evidence speaks
 * for it; undecided: what was pasted does not tell. */
export type Certainty = "proved" | "likely" | "undecided";

/** Prints every file of every area, sizes and bitmaps, in a form that explain reads. */
export const AREA_COMMAND = "sudo grep -r . /sys/kernel/debug/cma/";
export const TRACE_COMMAND =
  "sudo trace-cmd record -e cma -e page_isolation -e migrate:mm_migrate_pages -e kmem:mm_alloc_contig_migrate_range_info; trace-cmd report";
export const LOG_COMMAND = "sudo dmesg | grep -iE 'cma|PFNs busy|migrating pfn|Linux version|alloc failed'";
/** What every kernel shows without debugfs: the size of the areas, what is free, what the log says. */
export const FIRST_COMMAND = `grep -E 'Mem(Total|Free)|Cma' /proc/meminfo; ${LOG_COMMAND}`;
/** What a platform's people look at beside the log. A contributor adds a row. */
const PLATFORM_COMMANDS: Readonly<Record<string, string>> = {
  raspberrypi:
    "grep -hiE 'cma|gpu_mem|vc4' /boot/firmware/config.txt /boot/config.txt /proc/cmdline; vcgencmd version",
  android: "adb bugreport (or: adb shell dumpsys meminfo; adb shell dmabuf_dump -b)",
  imx: "ls /proc/device-tree/reserved-memory; cat /proc/cmdline",
  rockchip: "ls /proc/device-tree/reserved-memory; cat /proc/cmdline",
  amlogic: "ls /proc/device-tree/reserved-memory; cat /sys/class/codec_mm/codec_mm_dump /proc/cmdline",
  allwinner: "ls /proc/device-tree/reserved-memory; cat /proc/cmdline",
  xilinx: "cat /proc/cmdline; ls /proc/device-tree/reserved-memory",
  jetson: "cat /proc/cmdline; sudo cat /sys/kernel/debug/nvmap/iovmm/clients",
};

/** The first step: what this user can run without debugfs, and what this platform has beside it. */
export function firstCommand(platform: string | null): string {
  const more = platform === null ? undefined : PLATFORM_COMMANDS[platform];
  return more === undefined ? FIRST_COMMAND : `${FIRST_COMMAND}; ${more}`;
}

export const OWNER_COMMAND = "sudo grep -B1 -A8 'type CMA' /sys/kernel/debug/page_owner";
export const ZONE_COMMAND = "cat /proc/zoneinfo /proc/meminfo /proc/buddyinfo";
export const RESERVATION_COMMAND =
  "dmesg | grep -iE 'cma|reserved mem'; grep Cma /proc/meminfo; cat /proc/cmdline";
export const COUNTER_COMMAND =
  "grep -E 'cma_alloc|foll_pin|pgmigrate' /proc/vmstat; grep -r . /sys/kernel/mm/cma/";

export function commandFor(verdict: Verdict): string {
  switch (verdict) {
    case "BENIGN":
      return COUNTER_COMMAND;
    case "RESERVATION-SHRANK":
      return RESERVATION_COMMAND;
    case "EXHAUSTED":
      return "grep -E 'Mem(Total|Free)|Cma' /proc/meminfo; sudo cat /sys/kernel/debug/dma_buf/bufinfo";
    case "PINNED-LONG":
    case "UNMOVABLE-IN-CMA":
      return OWNER_COMMAND;
    case "PINNED":
    case "PINNED-ROLLING":
    case "ISOLATION-COLLISION":
      return TRACE_COMMAND;
    case "NO-MIGRATION-TARGET":
    case "NOT-CMA":
      return ZONE_COMMAND;
    case "KILLED":
      return "sudo dmesg | grep -iE 'killed process|oom|signal'";
    default:
      return AREA_COMMAND;
  }
}
