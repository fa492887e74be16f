// Knows: in which words drivers and programs say that they did not get contiguous memory. Adding a wording is adding a row.
// Must not know: kernel formats of CMA itself (failure.ts), why an allocation failed.
//
// A row matches a line that contains all its `words` (lower case). `size` names the text behind which the size stands;
// without it the rule below looks for one. Rows come first; then any line with a word of failure, a word of allocation and
// a subject that only contiguous memory has is taken too, unless a word shows that something else was meant.

export interface Wording {
  /** Who prints it: driver or program, source file, and since when, as far as known. */
  readonly by: string;
  /** driver: a kernel's line; user: a program's. */
  readonly form: "driver" | "user";
  readonly words: readonly string[];
  /** Text behind which the size stands, and its unit in bytes (1 when absent). */
  readonly size?: string;
  readonly unit?: number;
  /** The words themselves say which error it was. */
  readonly errno?: number;
}

/** The first row that matches counts: put the longer wording of two before the shorter. */
export const WORDINGS: readonly Wording[] = [
  {
    by: "drm_gem_dma_helper.c (drm_gem_cma_helper.c to 6.1): vc4, hisi, meson, sun4i, imx",
    form: "driver",
    words: ["failed to allocate buffer with size"],
    size: "size",
  },
  {
    by: "videobuf2-dma-contig.c since 3.x",
    form: "driver",
    words: ["dma_alloc_coherent of size"],
    size: "size",
  },
  { by: "videobuf2-dma-contig.c since 5.x", form: "driver", words: ["dma alloc of size"], size: "size" },
  {
    by: "videobuf-dma-contig.c (kernels before 5.x)",
    form: "driver",
    words: ["dma_alloc_coherent size", "failed"],
    size: "size",
  },
  { by: "vc4_bo.c", form: "driver", words: ["failed to allocate from cma"] },
  {
    by: "tegra/gem.c, rockchip and other GEM drivers of 3.x",
    form: "driver",
    words: ["failed to alloc buffer"],
    size: "buffer:",
  },
  {
    by: "swiotlb.c: coherent allocation",
    form: "driver",
    words: ["coherent allocation failed"],
    size: "size=",
  },
  {
    by: "remoteproc_core.c: carveouts",
    form: "driver",
    words: ["failed to allocate dma memory"],
    size: "len",
  },
  {
    by: "xilinx_axidma: axidma_chrdev.c",
    form: "driver",
    words: ["unable to allocate contiguous dma memory region"],
    size: "size",
  },
  {
    by: "u-dma-buf, udmabuf",
    form: "driver",
    words: ["dma_alloc_coherent(size=", "failed"],
    size: "size=",
  },
  {
    by: "mxc_vpu, mxc_v4l2, galcore: i.MX BSP",
    form: "driver",
    words: ["physical memory allocation error"],
  },
  {
    by: "galcore: gckKERNEL_AllocateVideoMemory",
    form: "driver",
    words: ["galcore", "out of memory"],
  },
  {
    by: "libcamera: v4l2_videodevice.cpp",
    form: "user",
    words: ["unable to request", "buffers: cannot allocate memory"],
    errno: -12,
  },
  {
    by: "libcamera: dma_heaps.cpp, dma_buf_allocator.cpp",
    form: "user",
    words: ["dmaheap allocation failure"],
  },
  { by: "libcamera since 0.3: dma_buf_allocator.cpp", form: "user", words: ["dma-buf allocation failure"] },
  { by: "rpicam-apps: dma_heaps.cpp", form: "user", words: ["failed to allocate capture buffers"] },
  { by: "libcamera: rpi pipeline handlers", form: "user", words: ["failed to allocate buffers"] },
  { by: "rpicam-apps: dma_heaps.cpp", form: "user", words: ["could not allocate dmaheap"] },
  {
    by: "FFmpeg (Raspberry Pi): v4l2_req_dmabufs.c",
    form: "user",
    words: ["failed to alloc", "from dma-heap"],
    size: "alloc",
  },
  {
    by: "any program: DMA_HEAP_IOCTL_ALLOC",
    form: "user",
    words: ["dma_heap_ioctl_alloc", "cannot allocate memory"],
    errno: -12,
  },
  { by: "Rockchip librga, dma_alloc.cpp", form: "user", words: ["rk_dma_heap_alloc_buffer failed"] },
  { by: "GStreamer: v4l2 allocator", form: "user", words: ["failed to allocate required memory"] },
  {
    by: "GStreamer: v4l2 object",
    form: "user",
    words: ["could not allocate", "buffers", "cannot allocate memory"],
    errno: -12,
  },
  { by: "GStreamer-imx, libimxdmabuffer", form: "user", words: ["could not allocate", "dma buffer"] },
  { by: "ION of Android and of vendors", form: "user", words: ["ion_ioc_alloc", "error"] },
  { by: "ION of Android and of vendors", form: "user", words: ["ion_ioc_alloc", "fail"] },
  { by: "libion, gralloc", form: "user", words: ["ion_alloc", "fail"], size: "size" },
  {
    by: "libdrm and compositors",
    form: "user",
    words: ["create_dumb", "cannot allocate memory"],
    errno: -12,
  },
  {
    by: "any program: VIDIOC_REQBUFS, VIDIOC_CREATE_BUFS",
    form: "user",
    words: ["vidioc_", "bufs", "cannot allocate memory"],
    errno: -12,
  },
  {
    by: "Python (picamera2, PYNQ): OSError",
    form: "user",
    words: ["[errno 12]", "cannot allocate memory"],
    errno: -12,
  },
  { by: "any program: ENOMEM", form: "user", words: ["enomem", "cannot allocate memory"], errno: -12 },
  { by: "PYNQ: pynq.allocate, Xlnk", form: "user", words: ["runtimeerror", "failed to allocate memory"] },
  { by: "zocl, XRT", form: "driver", words: ["zocl", "unable to allocate"] },
];

/** Words that say that something did not work. */
const FAILURE =
  /\bfail(?:s|ed|ure|ing)?\b|\bunable to\b|\bcould(?: not|n't|nt)\b|\bcan(?:not|'t| not)\b|\berror\b|\bout of memory\b|\bno (?:more )?memory\b|\benomem\b|\bnot? enough\b|\breturn(?:ed|s)? (?:null|\(null\)|-12)\b|\bret(?:urn)?[ =:]{1,3}-12\b/;
const ALLOCATION =
  /alloc|\bnot? enough\b|\bget\b|\brequest|\breserve|\bcreate|\bobtain|\bout of memory|\bno (?:more )?memory/;
/** What only contiguous memory is called. */
const SUBJECT =
  /\bcma\b|cma[_ -]|contig|coherent|dma[_ -]{0,1}(?:buf|heap|mem|alloc|region|pool)|\bdma (?:buffer|memory)|dmabuf|dmaheap|\bion\b|\bion[_-]|frame ?buffer memory|vcsm|vc_sm|(?:\b|_)gem[_ ]|\bcmem\b|nvmap|carveout|physically/;
/** A subject that needs a neighbour: a failed or busy request of CMA right before it. */
const WEAK_SUBJECT = /buffer|memory|\bbos?\b|frame|picture|surface|\bmem\b/;
/** Then something else was meant. */
const OTHER =
  /\bchannel|\birq\b|\bclock|\bclk\b|\bgpio|\bmbox|dma[ _]mask|\bslave\b|regulator|\bpin(?:ctrl|s)\b|\bprobe (?:of|with)|firmware|\bvmalloc|\bkmalloc|page allocation failure|\bslub\b|\bslab\b|\bpower|\bclk_|\bnode '|reserve(?:d)? mem|failed to reserve|memory region mapped|\bassigned|\biova\b|\bmmap(?:ped)?\b.{0,20}ok|alloc failed, req-size|pfns busy|test_pages_isolated|for atomic|\bslots\b|license|coherent_pool|coherent pool|too small|enotty|no such (?:file|device)|permission denied|inappropriate ioctl|signature|gemini|login|password|http/;

export interface Recognised {
  readonly form: "driver" | "user";
  readonly bytes: number | null;
  readonly errno: number | null;
}

/** Does the line say that contiguous memory was not got? `near`: a failed or busy request of CMA stands right before it. */
export function recognise(text: string, near: boolean): Recognised | undefined {
  const lower = text.toLowerCase();
  const stamped = STAMPED.test(text.slice(0, 200));
  for (const row of WORDINGS) {
    if (stamped && row.form === "user") continue;
    if (!row.words.every((word) => lower.includes(word))) continue;
    if (row.form === "driver" && !FAILURE.test(lower)) continue;
    const bytes = row.size === undefined ? sizeIn(lower) : (sizeAfter(lower, row) ?? sizeIn(lower));
    return { form: row.form, bytes, errno: row.errno ?? errnoIn(lower) };
  }
  if (OTHER.test(lower) || !FAILURE.test(lower) || !ALLOCATION.test(lower)) return undefined;
  const strong = SUBJECT.test(lower);
  if (!strong && !(near && WEAK_SUBJECT.test(lower))) return undefined;
  const bytes = sizeIn(lower);
  // Without a size only a sentence that is about the allocation itself counts: "allocate", not "get" or "create".
  if (bytes === null && !/alloc|out of memory|enough/.test(lower)) return undefined;
  return { form: isKernelLine(text) ? "driver" : "user", bytes, errno: errnoIn(lower) };
}

const NUMBER =
  /^[\s:=(<]{0,8}(?:of\s{1,2}|is\s{1,2})?(0x[0-9a-f]{1,13}|\d{1,13})\s{0,2}(k|m|g)?(i?b\b|bytes?\b)?/;
const UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

function numberAt(lower: string, at: number, unit: number): number | null {
  const match = NUMBER.exec(lower.slice(at, at + 48));
  if (match === null) return null;
  const value = Number(match[1]) * unit * (match[2] === undefined ? 1 : UNITS[match[2]]!);
  return value > 0 && value <= 2 ** 44 ? value : null;
}

function sizeAfter(lower: string, { words, size = "", unit = 1 }: Wording): number | null {
  const from = Math.max(0, lower.indexOf(words[0]!));
  const at = lower.indexOf(size, from);
  return at < 0 ? null : numberAt(lower, at + size.length, unit);
}

const SIZE_WORDS = /\b(?:size|len|length|bytes|of size|sz|req|want|wanted)\b/g;
const BEFORE_UNIT = /\b(\d{1,13})\s{0,2}(?:bytes?\b|(k|m|g)i?b?\b)/;

/** A size in a free sentence: behind "size", "len", or before "bytes", "kB", "MiB"; at least half a page. */
function sizeIn(lower: string): number | null {
  for (const { index, 0: word } of lower.matchAll(SIZE_WORDS)) {
    const value = numberAt(lower, index + word.length, 1);
    if (value !== null && value >= 2048) return value;
  }
  const unit = BEFORE_UNIT.exec(lower);
  if (unit === null) return wholePages(lower);
  const value = Number(unit[1]) * (unit[2] === undefined ? 1 : UNITS[unit[2]]!);
  return value >= 2048 && value <= 2 ** 44 ? value : null;
}

/** A bare number can only be a size when it is large and in whole pages. */
function wholePages(lower: string): number | null {
  for (const [, digits] of lower.matchAll(/(?:^|[\s:=(])(\d{5,13})(?=$|[\s,.;)])/g)) {
    const value = Number(digits);
    if (value >= 65_536 && value % 4096 === 0) return value;
  }
  return null;
}

function errnoIn(lower: string): number | null {
  if (/cannot allocate memory|\benomem\b|(?:^|[\s:=(])-12\b|errno 12\b|: 12 \(/.test(lower)) return -12;
  return /(?:^|[\s:=(])-16\b|\bebusy\b/.test(lower) ? -16 : null;
}

const STAMPED = /\[\s{0,12}\d{1,10}\.\d{1,9}\]|\bkernel:/;

/** A time in brackets, a syslog's `kernel:`, or a driver's name and its device's, both before a colon. */
export function isKernelLine(text: string): boolean {
  const head = text.slice(0, 200);
  return STAMPED.test(head) || /^[\w-]{2,40} [\w.:@-]{2,60}: /.test(head);
}

/** What stands before a colon and names nobody: a severity, an error's class, a constant. */
const NO_SPEAKER =
  /[eE]rror$|ERROR$|^(?:[wW]arn(?:ing)?|WARN|[fF]ailed|INFO|[iI]nfo|[dD]ebug|cma|CMA|DMA|kernel)$|^[A-Z][A-Z0-9]{0,12}_[A-Z0-9_]{2,60}$/;

/** The driver or program that speaks: `bcm2835-codec`, `vc4-drm`, `sun6i-csi`, `rpicam-apps`; null when it is not named. */
export function speaker(text: string): string | null {
  const body = text
    .slice(0, 240)
    .replace(/^.{0,80}?\bkernel:\s{0,4}/, "")
    .replace(/^\s{0,8}(?:<\d{1,3}>)?\[\s{0,12}\d{1,10}\.\d{1,9}\]\s{0,4}(?:\[[^\]]{1,40}\]\s{0,4})?/, "");
  if (/^\[\d{1,4}:\d\d:\d\d\.\d{3,9}\]|v4l2_videodevice\.cpp|\brpi_?stream|\bdma_heaps\.cpp/i.test(body))
    return "libcamera";
  const named = /^([A-Za-z][\w.-]{1,40})(?: ([\w.:@/-]{2,60}))?: /.exec(body);
  const name = named?.[1] === "drm" ? named[2] : named?.[1];
  if (name !== undefined && !NO_SPEAKER.test(name)) return name;
  const drm = /\[drm:(\w{2,24})/.exec(body);
  if (drm !== null) return /^([a-z0-9]{2,12})_/i.exec(drm[1]!)?.[1] ?? drm[1]!;
  return (
    /\b(libcamera|rpicam[\w-]{0,12}|picamera2?|gstreamer|ffmpeg|pynq|v4l2-ctl)\b/i.exec(body)?.[1] ?? null
  );
}
