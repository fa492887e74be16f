// Knows: which lines of a kernel log no reader can want: it looks for three characters of each stem, in one pass.
// Must not know: what a line means. A line that is not plain is only read in full; nothing is decided here.
//
// A stem is a piece of text that every line which some reader takes contains. Adding a format or a wording whose lines may
// begin with a kernel's time stamp is adding its stem, unless one below stands in it already. plain.test.ts reads every
// input of the tests with and without this, and expects the same facts.

/** Three characters each, lower case. Rare ones: what they hit by chance is read in full for nothing. */
const STEMS: readonly string[] = [
  // CMA and what contiguous memory is called.
  ...[
    "cma",
    "nti",
    "ohe",
    "dma",
    "vcs",
    "vc-",
    "vc_",
    "c-s",
    "c_s",
    "gem",
    "cme",
    "vma",
    "rve",
    "ysi",
    "ram",
  ],
  // alloc, allocation, vmalloc; out of memory; not enough; req-size; galcore, zocl.
  ...["llo", "f m", "oom", "eno", "q-s", "alc", "zoc"],
  // pfn and PFNs, isolated, migrate, mapcount, bitmap, order_per_bit, available pages.
  ...["pfn", "sol", "igr", "apc", "tma", "r_p", "ava"],
  // Linux, tainted, node, command line, swiotlb, SW-IOMMU, atomic.
  ...["nux", "tai", "nod", "d l", "iot", "w-i", "tom"],
  // meminfo and show_mem: MemTotal, MemFree, MemAvailable, Swap, free:, RAM, managed:.
  ...["emt", "emf", "ema", "wap", "ee:"],
  // buffer objects, exporters, blocks of pagetypeinfo, overlays, pins.
  ...["bos", "xpo", "k o", "r b", "f b", "rla", "pin", "dtb", "dts"],
  // A command line's words.
  ...["ot=", "nso", "t_i", "otw", "ot.", "ol=", "ma="],
];
/** `ion` at the beginning of a word. */
const BEFORE_A_WORD = " /([\"':,=-.<>|#@+*;!?{}~^%$\\)]`\t";
const DIGITS = "0123456789";

const BITS = 15;

function fold(code: number): number {
  return code | 32;
}

function hash(text: string): number {
  const [a = 0, b = 0, c = 0] = [...text].map((character) => fold(character.charCodeAt(0)));
  return ((a << 10) ^ (b << 5) ^ c) & ((1 << BITS) - 1);
}

function buildTable(): Uint8Array {
  const table = new Uint8Array(1 << BITS);
  for (const stem of STEMS) table[hash(stem)] = 1;
  for (const before of BEFORE_A_WORD) table[hash(`${before}io`)] = 1;
  for (const digit of DIGITS) {
    for (const next of DIGITS) table[hash(`${digit}*${next}`)] = 1;
    table[hash(`=>${digit}`)] = 1;
  }
  table[hash("=> ")] = 1;
  return table;
}

const TABLE = buildTable();
const MASK = (1 << BITS) - 1;

/** Longer lines are lists and bitmaps. */
const LONGEST = 400;

/** Blanks, digits, a dot, digits between the brackets. */
function isStamp(line: string, end: number): boolean {
  let at = 1;
  while (at < end && line.charCodeAt(at) === 32) at += 1;
  let dots = 0;
  for (; at < end; at++) {
    const code = line.charCodeAt(at);
    if (code === 46) dots += 1;
    else if (code < 48 || code > 57) return false;
  }
  return dots === 1;
}

/** `[    0.123456] ` and nothing that any reader could want; ASCII without escapes, entities and braces. */
export function isPlain(line: string): boolean {
  const { length } = line;
  if (length < 16 || length > LONGEST || line.charCodeAt(0) !== 91) return false;
  const end = line.indexOf("] ", 1);
  if (end < 5 || end > 20 || !isStamp(line, end)) return false;
  let hashed = 0;
  for (let at = end + 1; at < length; at++) {
    const code = line.charCodeAt(at);
    if (code < 32 || code > 126 || code === 38 || code === 123 || code === 125 || code === 59) return false;
    hashed = ((hashed << 5) ^ (code | 32)) & MASK;
    if (TABLE[hashed] === 1) return false;
  }
  return true;
}
