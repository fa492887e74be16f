// Knows: giving everything back: afterwards all that the device manages is free, and nothing is remembered of anyone.
// Must not know: how it came to be owned.

import { CommandFlag } from "../../../assembly/abi/command_word.js";
import { RequestState } from "../../../assembly/abi/findings.js";
import { Region } from "../../../assembly/abi/layout.js";
import { FrameKind, Op, Status } from "../../../assembly/abi/vocabulary.js";
import { CommandWord, ConfigWord, LevelWord } from "../../../assembly/abi/words.js";
import type { Book } from "./book.js";
import { Finding, type Pair } from "./pair.js";
import { Script } from "./words.js";

/** Steps after which a request must have ended. */
const MOST_STEPS = 200_000;

function endRequests(pair: Pair, book: Book): void {
  for (const [request, { area, pages }] of [...book.requests]) {
    if (!book.requests.has(request)) continue;
    for (let step = 0; ; step++) {
      // Half of them go on to their end; a kill ends the others, and those that sleep.
      const kill = request % 2 === 1 || step > MOST_STEPS / 2;
      const status = pair.one(
        Op.CMA_STEP,
        0,
        0,
        kill ? CommandFlag.KILL : 0,
        request,
        kill ? 0 : RequestState.DONE,
      );
      const detail = pair.result(0, CommandWord.DETAIL) | 0;
      if (status >= Status.BAD_COMMAND)
        throw new Finding("a request is lost", `${request}: ${Status[status]}`);
      if (status === Status.NO_PAGE || detail <= 0) {
        if (status === Status.OK) book.windows.push({ area, pages, pfn: pair.result(0, CommandWord.PFN) });
        break;
      }
      // Others hold what it waits for: they go on meanwhile.
      if (detail === RequestState.WAITING) stepOthers(pair, book, request);
      if (step > MOST_STEPS) throw new Finding("a request never ends", `${request}, state ${detail}`);
    }
    book.requests.delete(request);
  }
}

function stepOthers(pair: Pair, book: Book, but: number): void {
  for (const [other, { area, pages }] of [...book.requests]) {
    if (other === but) continue;
    const status = pair.one(Op.CMA_STEP, 0, 0, 0, other, 0);
    const detail = pair.result(0, CommandWord.DETAIL) | 0;
    if (status !== Status.NO_PAGE && detail > 0) continue;
    if (status === Status.OK) book.windows.push({ area, pages, pfn: pair.result(0, CommandWord.PFN) });
    book.requests.delete(other);
  }
}

function must(status: Status, what: string): void {
  if (status !== Status.OK)
    throw new Finding("what is owned cannot be given back", `${what}: ${Status[status]}`);
}

function unpinAll(pair: Pair): void {
  const used = pair.machine.views.level(LevelWord.PINS_USED);
  const script = new Script();
  for (let record = 0; record < used; record++) {
    script.push(Op.UNPIN, 0, 0, 0, 0, record + 1);
    if (script.length === 4096 || record === used - 1) {
      pair.run(script.words);
      script.clear();
    }
  }
  const left = pair.machine.pins();
  if (left.length > 0) throw new Finding("a pin stays", `of pfn ${left[0]?.pfn}`);
}

function releaseAll(pair: Pair, book: Book): void {
  const slots = pair.machine.engine.unsigned(Region.SLOTS);
  for (let slot = 0; slot < slots.length; slot++) {
    if (slots[slot] !== 0) must(pair.one(Op.RELEASE_SLOT, 0, 0, 0, slot), `slot ${slot}`);
  }
  for (const { area, pfn, pages } of book.windows)
    must(pair.one(Op.CMA_RELEASE, 0, 0, 0, area, pfn, pages), `window of ${pages} pages at ${pfn}`);
  for (const [pfn, order] of book.loose)
    must(pair.one(Op.RELEASE, 0, order, 0, pfn), `order ${order} at ${pfn}`);
  const { views } = pair.machine;
  for (const [pfn, order] of book.detached) {
    const type = views.pageblocks[(pfn - views.startPfn) >> views.config(ConfigWord.PAGEBLOCK_ORDER)] ?? 0;
    must(pair.one(Op.PUTBACK_FREE, 0, order, 0, pfn, type), `detached order ${order} at ${pfn}`);
  }
}

/** @throws Finding when anything is left, or lost */
export function giveEverythingBack(pair: Pair, book: Book): void {
  endRequests(pair, book);
  unpinAll(pair);
  if (book.isExact) releaseAll(pair, book);
  pair.one(Op.DRAIN_ALL);
  pair.one(Op.FOLD, 0, 0, 0, 0, 1);
  pair.check();
  if (!book.isExact) return;
  const { views } = pair.machine;
  for (let pfn = views.startPfn; pfn < views.startPfn + views.frameCount; pfn++) {
    const { kind, life, order } = views.frame(pfn);
    if (kind === FrameKind.ALLOCATED || kind === FrameKind.DETACHED || kind === FrameKind.PCP)
      throw new Finding("a page is lost", `pfn ${pfn}: ${FrameKind[kind]}, life ${life}, order ${order}`);
  }
  for (const index of views.populatedZones()) {
    const { freePages, managed, nrIsolatePageblock } = views.zone(index);
    if (freePages !== managed) {
      const books = `${freePages} of ${managed}, ${nrIsolatePageblock} pageblocks isolated`;
      throw new Finding("free is not managed", `zone ${index}: ${books}`);
    }
  }
  for (const word of [LevelWord.SWAP_USED, LevelWord.ZRAM_STORED, LevelWord.ZRAM_FRAMES]) {
    if (views.level(word) !== 0)
      throw new Finding("swap is not empty", `${LevelWord[word]} ${views.level(word)}`);
  }
}
