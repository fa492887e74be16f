// Knows: the list `number of available pages: 3@125+20@172=> 23 free of 81920 total pages`, in all its forms and breaks.
// Must not know: which request failed, what the runs are good for.
//
// Models: cma_debug_show_areas() of mm/cma.c, 4.9 to 6.15+ (`range 0: ` lines), and the form first proposed in 2016
// (`=>357 pages, total: 2048 pages`). The list is printed in pieces: other messages may stand between them.

import type { Place, RunEntry, RunList } from "../facts.js";
import type { ReaderContext } from "../importer.js";
import { digitsAt, isDigit } from "../text.js";

const OPENING = "number of available pages:";
/** Lines that may stand between two pieces of one list. */
const PATIENCE = 40;

/** A line that wrapping has parted from the beginning of its opening: `cma: number of` and `available pages: 3@125`. */
export function withOpening(before: string, text: string): string {
  if (text.includes(OPENING) || !/^[>\s]{0,20}(?:of|available|pages:)/.test(text.slice(0, 40))) return text;
  const whole = `${before.slice(-80).trimEnd()} ${text.replace(/^[>\s]{1,20}/, "")}`;
  return whole.includes(OPENING) && whole.indexOf(OPENING) < 80 ? whole : text;
}

export class RunListReader {
  private list: RunList | undefined;
  /** A number at the end of the last piece may go on in the next one. */
  private tail = "";
  /** What stood behind `=>` while it is not the whole total: the line was wrapped there. */
  private ending: string | undefined;
  private quiet = 0;
  private range = 0;

  constructor(
    private readonly context: ReaderContext,
    private readonly done: (list: RunList) => void,
  ) {}

  isIdle(): boolean {
    return this.list === undefined;
  }

  /** True when the line opened, continued or ended a list. */
  line(text: string, place: Place): boolean {
    const at = text.indexOf(OPENING);
    if (at >= 0) {
      this.close(true);
      this.range = 0;
      this.quiet = 0;
      this.tail = "";
      this.open(place);
      this.piece(text.slice(at + OPENING.length));
      return true;
    }
    if (this.list === undefined) return this.tailAlone(text, place);
    if (this.ending !== undefined) return this.restOfTotal(text);
    const start = continuation(text);
    if (start < 0) {
      this.quiet += 1;
      if (this.quiet > PATIENCE) this.close(true);
      return false;
    }
    this.quiet = 0;
    this.piece(text.slice(start));
    return true;
  }

  finish(): void {
    this.close(true);
  }

  private open(place: Place): RunList {
    this.list = {
      place,
      entries: [],
      free: null,
      total: null,
      cut: false,
      hasRanges: false,
      unplaced: false,
    };
    return this.list;
  }

  /** `+127@1921=> 33161 free of 81920 total pages`, of which the beginning was not pasted. */
  private tailAlone(text: string, place: Place): boolean {
    const arrow = text.lastIndexOf("=>");
    if (arrow < 0 || !TOTAL.test(text.slice(arrow + 2, arrow + 60))) return false;
    if (!/total/.test(text.slice(arrow, arrow + 80))) return false;
    const list = this.open(place);
    const body =
      /(?:\d{1,15}@\d{1,15}|[+.\s]){1,4096}$/.exec(text.slice(Math.max(0, arrow - 4096), arrow))?.[0] ?? "";
    list.cut = body.includes("@");
    this.piece(body + text.slice(arrow));
    return true;
  }

  /** Ranges that stand in one line are taken one after the other; what stands behind the end of the list is none of it. */
  private piece(text: string): void {
    let from = 0;
    for (const { index } of text.matchAll(/range\s{1,4}\d{1,6}\s{0,4}:/g)) {
      if (text.slice(from, index).trim() !== "") this.onePiece(text.slice(from, index));
      if (this.isIdle()) return;
      from = index;
    }
    this.onePiece(text.slice(from));
  }

  private onePiece(text: string): void {
    const list = this.list!;
    const range = /^\s{0,8}range\s{1,4}(\d{1,6})\s{0,4}:/.exec(text.slice(0, 40));
    if (range !== null) {
      this.flush(list);
      list.hasRanges = true;
      this.range = Number(range[1]);
    }
    const body = this.tail + (range === null ? text.trimStart() : text.slice(range[0].length).trimStart());
    this.tail = "";
    const arrow = body.indexOf("=>");
    this.entries(arrow < 0 ? body : body.slice(0, arrow), arrow >= 0);
    if (arrow >= 0) this.total(body.slice(arrow + 2, arrow + 120));
  }

  private entries(body: string, ends: boolean): void {
    const list = this.list!;
    // Some kernels and many retellings give the sizes alone.
    if (list.unplaced || (list.entries.length === 0 && UNPLACED.test(body.slice(0, 65_536)) && ends)) {
      list.unplaced = true;
      for (const [size] of body.matchAll(/\d{1,15}/g)) this.add(Number(size), 0, false);
      return;
    }
    let at = 0;
    while (at < body.length) {
      const code = body.charCodeAt(at);
      if (code === 46) list.cut = true;
      if (!isDigit(code)) {
        at += 1;
        continue;
      }
      const begin = at;
      const size = digitsAt(body, at);
      at = size.end;
      if (body.charCodeAt(at) !== 64) {
        if (at >= body.length && !ends) this.tail = body.slice(begin);
        continue;
      }
      const position = digitsAt(body, at + 1);
      at = position.end;
      const open = at >= body.length && !ends;
      if (open) this.tail = body.slice(begin);
      else this.add(size.value, position.value, /^\s{0,3}\.\./.test(body.slice(at, at + 6)));
    }
  }

  private add(size: number, at: number, maybeCut: boolean): void {
    const list = this.list!;
    const last = list.entries.at(-1);
    const backwards = last !== undefined && last.range === this.range && at < last.at;
    if (size <= 0 || at < 0 || (backwards && maybeCut)) {
      list.cut = true;
      return;
    }
    if (backwards) {
      this.context.issue(
        "warning",
        list.place.line,
        "runs-out-of-order",
        `the run ${size}@${at} follows one at ${last.at}: two lists may be mixed`,
      );
    }
    const { budget } = this.context.facts;
    if (budget.entries > 0) {
      budget.entries -= 1;
      list.entries.push({ size, at, range: this.range } satisfies RunEntry);
    } else list.cut = true;
  }

  /** The total, or its first part when the line ends before it does. */
  private total(text: string): void {
    const list = this.list!;
    const match = WHOLE_TOTAL.exec(text);
    // Digits at the very end may go on in the next line.
    if (match === null || match[0].length === text.trimEnd().length) {
      this.ending = text.trimEnd();
      this.quiet = 0;
      if (match === null && !/^\s{0,8}(?:\d{1,15}\s{0,4}[a-z, :]{0,16})?$/.test(this.ending))
        this.close(true);
      return;
    }
    list.free = Number(match[1]);
    list.total = Number(match[2]);
    this.close(false);
  }

  private restOfTotal(text: string): boolean {
    const ending = this.ending!;
    const next = text.trim().replace(/^(?:> ?){1,4}/, "");
    for (const joint of ["", " "]) {
      const match = /^[\d a-z:,]{1,60}$/.test(next) ? WHOLE_TOTAL.exec(`${ending}${joint}${next}`) : null;
      if (match === null || !/total/.test(`${ending}${next}`)) continue;
      this.list!.free = Number(match[1]);
      this.list!.total = Number(match[2]);
      this.close(false);
      return true;
    }
    this.quiet += 1;
    if (this.quiet > PATIENCE) this.close(true);
    return false;
  }

  /** What waited for the rest of its number has none. */
  private flush(list: RunList): void {
    const tail = /^(\d{1,15})@(\d{1,15})$/.exec(this.tail);
    this.tail = "";
    if (tail !== null) list.entries.push({ size: Number(tail[1]), at: Number(tail[2]), range: this.range });
  }

  private close(cut: boolean): void {
    const { list } = this;
    if (list === undefined) return;
    this.list = undefined;
    this.flush(list);
    const whole = this.ending === undefined ? null : WHOLE_TOTAL.exec(this.ending);
    this.ending = undefined;
    if (whole !== null) {
      list.free = Number(whole[1]);
      list.total = Number(whole[2]);
    }
    if (cut || list.cut) {
      list.cut = true;
      this.context.issue(
        "warning",
        list.place.line,
        "run-list-cut",
        "the list of free runs is cut: what is missing is not counted",
      );
    }
    this.done(list);
  }
}

/** Sizes alone: `4+7+38+166`. */
const UNPLACED = /^\s{0,8}\+?\d{1,15}(?:\s{0,2}\+\s{0,2}\d{1,15}){0,8000}\s{0,8}$/;

const WHOLE_TOTAL = /^\s{0,8}(\d{1,15})\s{1,4}(?:free of|pages, total:)\s{1,4}(\d{1,15})/;

/** What follows `=>`: `33161 free of`, and the form of 2016. */
const TOTAL = /^\s{0,8}\d{1,15}\s{1,4}(?:free of|pages, total:)/;

/** Where the next piece of an open list begins in a line; -1 when the line is somebody else's. */
function continuation(text: string): number {
  const arrow = text.indexOf("=>");
  if (arrow >= 0 && !text.includes("@") && TOTAL.test(text.slice(arrow + 2, arrow + 60))) {
    let start = arrow;
    while (start > 0 && isDigit(text.charCodeAt(start - 1))) start -= 1;
    return start;
  }
  const range = /(?:^|[\s:])(range\s{1,4}\d{1,6}\s{0,4}:)/.exec(text.slice(0, 200));
  if (range !== null) return range.index + range[0].indexOf("range");
  const first = text.indexOf("@");
  if (first < 0) {
    // The rest of a number that was wrapped, alone in its line.
    return /^\d{1,15}\s{0,4}$/.test(text) ? 0 : -1;
  }
  let start = first;
  while (start > 0 && isDigit(text.charCodeAt(start - 1))) start -= 1;
  if (start > 0 && text[start - 1] === "+") start -= 1;
  if (!isDigit(text.charCodeAt(first + 1))) return -1;
  // A wrapped line may begin with the rest of a number, or the `@` itself.
  if (start > 0 && text[start] === "+" && isDigit(text.charCodeAt(start - 1))) {
    let whole = start;
    while (whole > 0 && isDigit(text.charCodeAt(whole - 1))) whole -= 1;
    return whole === 0 ? 0 : start;
  }
  return start;
}
