// Knows: how the requests of a simulation's clients are read from its memory: those under way, those that have ended, their windows.
// Must not know: actors and what they do, how a simulation runs.

import { BlockReason, RequestState } from "../../assembly/abi/findings.js";
import { Region } from "../../assembly/abi/layout.js";
import { LOG_CAPACITY, MAX_REQUESTS, WINDOW_CAPACITY } from "../../assembly/abi/limits.js";
import { WindowWord } from "../../assembly/abi/records.js";
import { LogWord, SimulationWord } from "../../assembly/abi/run.js";
import { PinKind } from "../../assembly/abi/vocabulary.js";
import { RequestWord, StatWord } from "../../assembly/abi/words.js";
import type { Engine } from "../engine/engine.js";
import { StateError } from "../engine/errors.js";
import type { WindowRecord } from "./result.js";

/** A cma_alloc that has ended. */
export interface LoggedRequest {
  /** Index of the actor that asked. */
  readonly actor: number;
  /** Index of the area. */
  readonly area: number;
  /** Pages asked for. */
  readonly pages: number;
  /** Order of the alignment asked for. */
  readonly align: number;
  /** 0, or a negative errno. */
  readonly errno: number;
  /** First page when it succeeded. */
  readonly pfn: number | undefined;
  /** When it began, virtual nanoseconds. */
  readonly beginNs: number;
  /** When it ended. */
  readonly endNs: number;
  /** Windows tried. */
  readonly windows: number;
  /** Windows given up with -EBUSY. */
  readonly busyRetries: number;
  /** Pages moved out of the way. */
  readonly pagesMigrated: number;
  /** Clean file pages dropped instead; of an area that keeps its pages: copies. */
  readonly pagesReclaimed: number;
  /** Of these: copies of swapped-out pages, written to storage first. */
  readonly pagesWritten: number;
  /** Sleeps between sweeps. */
  readonly sleeps: number;
  /** Where its windows are found in the ring: its number, and the first and one past the last window of that time. */
  readonly request: number;
  /** First of its windows. */
  readonly firstWindow: number;
  /** One past the last of its windows. */
  readonly lastWindow: number;
  /** Which of its client's openings it was, from 1: the same under every policy. */
  readonly ordinal: number;
}

/** A cma_alloc of a client that has begun and not ended. */
export interface PendingRequest {
  /** Index of the actor that asks. */
  readonly actor: number;
  /** Index of the area. */
  readonly area: number;
  /** Pages asked for. */
  readonly pages: number;
  /** Order of the alignment asked for. */
  readonly align: number;
  /** When it began, virtual nanoseconds. */
  readonly beginNs: number;
  /** Which of its client's openings it is, from 1. */
  readonly ordinal: number;
  /** Windows tried so far. */
  readonly windows: number;
  /** Its number among the requests under way. */
  readonly request: number;
}

/** As assembly/command/cma has it. */
const MOST_ALIGN = 30;

/** The requests of clients that have begun and not ended, by their number. */
export function readPending(engine: Engine): PendingRequest[] {
  const words = engine.unsigned(Region.REQUESTS);
  const pending: PendingRequest[] = [];
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const word = (index: RequestWord) => words[request * RequestWord.COUNT + index] ?? 0;
    if (word(RequestWord.STATE) === RequestState.FREE || word(RequestWord.CLIENT) === 0) continue;
    pending.push({
      actor: word(RequestWord.CLIENT) - 1,
      area: word(RequestWord.AREA),
      pages: word(RequestWord.PAGES),
      align: word(RequestWord.ALIGN),
      beginNs: word(RequestWord.BEGUN_LOW) + word(RequestWord.BEGUN_LOW + 1) * 2 ** 32,
      ordinal: word(RequestWord.ORDINAL),
      windows: word(RequestWord.WINDOWS),
      request,
    });
  }
  return pending;
}

/**
 * Gives a request that has just begun another alignment. @throws StateError when it has looked for a window already,
 * or there is none
 */
export function alignAnew(engine: Engine, request: number, align: number): void {
  const words = engine.words(Region.REQUESTS);
  const at = request * RequestWord.COUNT;
  const isNew =
    words[at + RequestWord.STATE] === RequestState.SEARCH && words[at + RequestWord.WINDOWS] === 0;
  if (!isNew) throw new StateError(`request ${request} has not just begun: its alignment stays`);
  if (!Number.isInteger(align) || align < 0 || align > MOST_ALIGN)
    throw new StateError(`an alignment is an order from 0 to ${MOST_ALIGN}, got ${align}`);
  words[at + RequestWord.ALIGN] = align;
}

/** The requests that have ended since the last call, in order. */
export function takeLog(engine: Engine): LoggedRequest[] {
  const state = engine.unsigned(Region.SIMULATION);
  const words = engine.words(Region.LOG);
  const unsigned = engine.unsigned(Region.LOG);
  const count = Math.min(state[SimulationWord.LOGGED] ?? 0, LOG_CAPACITY);
  const lastWindow = engine.unsigned(Region.STATS)[StatWord.WINDOWS] ?? 0;
  state[SimulationWord.LOGGED] = 0;
  return Array.from({ length: count }, (_, nth) => {
    const word = (index: LogWord) => words[nth * LogWord.COUNT + index] ?? 0;
    const time = (low: LogWord) =>
      (unsigned[nth * LogWord.COUNT + low] ?? 0) + (unsigned[nth * LogWord.COUNT + low + 1] ?? 0) * 2 ** 32;
    const errno = word(LogWord.ERROR);
    return {
      actor: word(LogWord.ACTOR),
      area: word(LogWord.AREA),
      pages: word(LogWord.PAGES),
      align: word(LogWord.ALIGN),
      errno,
      pfn: errno === 0 ? word(LogWord.PFN) >>> 0 : undefined,
      beginNs: time(LogWord.BEGIN_LOW),
      endNs: time(LogWord.END_LOW),
      windows: word(LogWord.WINDOWS),
      busyRetries: word(LogWord.BUSY_RETRIES),
      pagesMigrated: word(LogWord.PAGES_MIGRATED),
      pagesReclaimed: word(LogWord.PAGES_RECLAIMED),
      pagesWritten: word(LogWord.PAGES_WRITTEN),
      sleeps: word(LogWord.SLEEPS),
      request: word(LogWord.REQUEST),
      firstWindow: word(LogWord.FIRST_WINDOW) >>> 0,
      lastWindow,
      ordinal: word(LogWord.ORDINAL),
    };
  });
}

/** The windows that a request tried and who blocked each; the ring keeps the last WINDOW_CAPACITY of all requests. */
export function readWindows(
  engine: Engine,
  actors: readonly { readonly name: string }[],
  logged: LoggedRequest,
): WindowRecord[] {
  const words = engine.words(Region.WINDOWS);
  const first = Math.max(logged.firstWindow, logged.lastWindow - WINDOW_CAPACITY);
  const records: WindowRecord[] = [];
  for (let nth = first; nth < logged.lastWindow; nth++) {
    const at = (nth % WINDOW_CAPACITY) * WindowWord.COUNT;
    const word = (index: WindowWord) => words[at + index] ?? 0;
    if (word(WindowWord.REQUEST) !== logged.request) continue;
    const reason = word(WindowWord.REASON);
    const isPinned = reason === BlockReason.PINNED;
    records.push({
      startPfn: word(WindowWord.START) >>> 0,
      errno: word(WindowWord.ERROR),
      blockerPfn: word(WindowWord.BLOCKER) >>> 0,
      reason: BlockReason[reason] ?? String(reason),
      holder: isPinned ? (actors[word(WindowWord.OWNER)]?.name ?? "") : "",
      pinKind: isPinned ? (PinKind[word(WindowWord.PIN_KIND)] ?? "") : "",
      heldNs: isPinned ? (word(WindowWord.HELD) >>> 0) * 1000 : 0,
    });
  }
  return records;
}
