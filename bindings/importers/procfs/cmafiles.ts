// Knows: the files of a CMA area in debugfs and sysfs, however they were collected: `cat` in a pasted terminal,
// `grep -r .`, `head *`, `name file: value` lines, or the bare bitmap.
// Must not know: what the numbers prove.
//
// Models: mm/cma_debug.c and mm/cma_sysfs.c: directory `cma-<name>` (to 6.5) or `<name>`; files count, used, maxchunk,
// order_per_bit, base_pfn, bitmap (decimal u32, lowest bit first, 1 = in use); ranges/<n>/ since 6.15.

import { type AreaFiles, MOST, type Place } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";
import { isDigit } from "../text.js";

const FILES =
  "count|used|maxchunk|order_per_bit|base_pfn|bitmap|alloc_pages_success|alloc_pages_fail|release_pages_success|available_pages|total_pages";
const PATH = new RegExp(`/cma/([^/\\s:]{1,64})/(?:ranges/(\\d{1,4})/)?(${FILES})(?=[\\s:<'")]|$)`);
const NAMED = new RegExp(
  `^\\s{0,8}(\\w[^\\s:=]{0,63}) (?:ranges/(\\d{1,4})/)?(${FILES})\\s{0,4}[:=]\\s{0,8}(?=\\d)`,
);
/** bugreports: `--- /d/cma/NAME` once, then `--- count` and its value. */
const FOLDER = /^\s{0,4}-{3} \S{0,80}\/cma\/([^/\s]{1,64})\s{0,4}$/;
const FILE_OF_FOLDER = new RegExp(`^\\s{0,4}-{3} (${FILES})\\s{0,4}$`);
const BARE = new RegExp(`^\\s{0,4}(?:==> )?(?:\\./)?(?:ranges/(\\d{1,4})/)?(${FILES})(?: <==|:)\\s{0,8}`);
const LEAST_WORDS = 8;

interface Target {
  readonly name: string;
  readonly range: number;
  readonly file: string;
}

class CmaFilesReader implements LineReader {
  private readonly areas = new Map<string, AreaFiles>();
  private waiting: Target | undefined;
  private folder = "";
  /** A bitmap that the terminal may have wrapped: its next line goes on with it. */
  private wrapped: { readonly target: Target; readonly place: Place; readonly parts: string[] } | undefined;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return this.waiting === undefined && this.wrapped === undefined;
  }

  line(text: string, place: Place): boolean {
    const short = text.length > 300 ? text.slice(0, 300) : text;
    if (this.goesOn(text, short)) return true;
    const path = PATH.exec(short);
    if (path !== null) {
      const target = { name: areaName(path[1]!), range: Number(path[2] ?? 0), file: path[3]! };
      const rest = path.index + path[0].length;
      return this.begin(target, text, text[rest] === ":" ? rest + 1 : -1, place);
    }
    const folder = FOLDER.exec(short);
    if (folder !== null) {
      this.folder = areaName(folder[1]!);
      return true;
    }
    const own = this.folder === "" ? null : FILE_OF_FOLDER.exec(short);
    if (own !== null) return this.begin({ name: this.folder, range: 0, file: own[1]! }, text, -1, place);
    const named = NAMED.exec(short);
    if (named !== null) {
      return this.begin(
        { name: areaName(named[1]!), range: Number(named[2] ?? 0), file: named[3]! },
        text,
        named[0].length,
        place,
      );
    }
    const bare = BARE.exec(short);
    if (bare !== null) {
      const value = isDigit(text.charCodeAt(bare[0].length)) ? bare[0].length : -1;
      return this.begin({ name: "", range: Number(bare[1] ?? 0), file: bare[2]! }, text, value, place);
    }
    return this.content(text, short, place);
  }

  /** True when the line is more of the bitmap before it. */
  private goesOn(text: string, short: string): boolean {
    const { wrapped } = this;
    if (wrapped === undefined) return false;
    if (/^\s{0,4}\d/.test(short) && isNumbers(short)) {
      wrapped.parts.push(text.trim());
      return true;
    }
    this.joinWrapped();
    return false;
  }

  finish(): void {
    this.joinWrapped();
  }

  private joinWrapped(): void {
    const { wrapped } = this;
    this.wrapped = undefined;
    if (wrapped === undefined || wrapped.parts.length < 2) return;
    const range = this.areas.get(wrapped.target.name)?.ranges[wrapped.target.range];
    this.context.facts.budget.words += range?.bitmap?.length ?? 0;
    this.store(wrapped.target, wrapped.parts.join(" "), 0, wrapped.place);
    this.wrapped = undefined;
  }

  /** A line without a name: what the last `cat` printed, or a bitmap that stands alone. */
  private content(text: string, short: string, place: Place): boolean {
    const { waiting } = this;
    if (/^\s{0,8}\d/.test(short) && isNumbers(short)) {
      if (waiting !== undefined) {
        this.waiting = undefined;
        return this.store(waiting, text, 0, place);
      }
      const alone = short.length >= 300 || short.trim().split(" ").length >= LEAST_WORDS;
      if (alone && !/\d\s{2,}\d/.test(short))
        return this.store({ name: "", range: 0, file: "bitmap" }, text, 0, place);
      return false;
    }
    if (/[#$] /.test(short.slice(0, 120))) this.waiting = undefined;
    return false;
  }

  private begin(target: Target, text: string, from: number, place: Place): boolean {
    this.waiting = undefined;
    if (from >= 0) return this.store(target, text, from, place);
    this.waiting = target;
    return true;
  }

  private store(target: Target, text: string, from: number, place: Place): boolean {
    const area = this.area(target.name, place);
    if (area === undefined) return true;
    while (area.ranges.length <= target.range && area.ranges.length < 64)
      area.ranges.push({ basePfn: null, bitmap: null });
    const range = area.ranges[target.range];
    if (target.file === "bitmap") {
      const bitmap = parseBitmap(text, from);
      if (bitmap === undefined) {
        this.context.issue(
          "error",
          place.line,
          "bitmap-damaged",
          "a bitmap holds something that is no 32-bit number; it is left aside",
        );
      } else if (range !== undefined && this.context.facts.budget.words >= bitmap.length) {
        this.context.facts.budget.words -= bitmap.length;
        range.bitmap = bitmap;
        this.wrapped = { target, place, parts: [text.slice(from)] };
      }
      return true;
    }
    const value = Number(/^\s{0,8}(\d{1,15})/.exec(text.slice(from, from + 40))?.[1] ?? Number.NaN);
    if (Number.isNaN(value)) {
      this.context.issue("warning", place.line, "cma-file-value", `the value of ${target.file} is no number`);
    } else if (target.file === "base_pfn") {
      if (range !== undefined) range.basePfn = value;
    } else assign(area, target.file, value);
    return true;
  }

  private area(name: string, place: Place): AreaFiles | undefined {
    const known = this.areas.get(name);
    if (known !== undefined) return known;
    if (this.context.facts.areas.length >= MOST) return undefined;
    const area: AreaFiles = {
      name,
      place,
      count: null,
      used: null,
      maxchunk: null,
      orderPerBit: null,
      ranges: [],
      succeeded: null,
      failed: null,
    };
    this.areas.set(name, area);
    this.context.facts.areas.push(area);
    return area;
  }
}

function assign(area: AreaFiles, file: string, value: number): void {
  if (file === "count" || file === "total_pages") area.count = value;
  else if (file === "used") area.used = value;
  else if (file === "maxchunk") area.maxchunk = value;
  else if (file === "order_per_bit" && value < 32) area.orderPerBit = value;
  else if (file === "alloc_pages_success") area.succeeded = value;
  else if (file === "alloc_pages_fail") area.failed = value;
}

/** `cma-reserved` of older kernels is the area `reserved`; `cma-0` has no name but its number. */
function areaName(directory: string): string {
  return /^cma-\D/.test(directory) ? directory.slice(4) : directory;
}

function isNumbers(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && code !== 32 && code !== 9) return false;
  }
  return true;
}

/** undefined when a word is no u32. */
function parseBitmap(text: string, from: number): Uint32Array | undefined {
  const words = new Uint32Array(Math.ceil((text.length - from) / 2) + 1);
  let count = 0;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9) {
      at += 1;
      continue;
    }
    let value = 0;
    const begin = at;
    while (at < text.length && isDigit(text.charCodeAt(at))) value = value * 10 + text.charCodeAt(at++) - 48;
    if (at === begin || value > 0xffff_ffff) return undefined;
    words[count++] = value;
  }
  return words.slice(0, count);
}

export const cmaFilesImporter: Importer = {
  id: "cma",
  title: "files of a CMA area (debugfs, sysfs)",
  open: (context) => new CmaFilesReader(context),
};
