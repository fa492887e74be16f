// Knows: the end of a page's I/O (writeback, or a read that kept it locked), and the requests that wait for it.
// Must not know: whose I/O it is, how a request goes on.
// Models folio_end_writeback, folio_unlock, folio_wait_bit (mm/filemap.c, Linux 6.12).

import { hasPageFlag, kindOf } from "../../abi/frame_word";
import { MAX_REQUESTS } from "../../abi/limits";
import { SimulationWord } from "../../abi/run";
import { Counter } from "../../abi/simulation";
import { FrameKind, PageFlag } from "../../abi/vocabulary";
import { RequestWord } from "../../abi/words";
import { requestAt } from "../../cma/request";
import { wordOf } from "../../frames/frame";
import { now } from "../../time/clock";
import { addCounter, later, setSimulationWord, simulationWord, Tag } from "./actor";
import { mark } from "./pages";

/** The page is no longer under I/O; endIo() wakes who waits for it. */
export function clearIo(link: u32): void {
  mark(link, 0, PageFlag.WRITEBACK);
}

/** The request's next step comes when the page that it has met is no longer under I/O. */
export function waitForIo(request: i32): void {
  const at = requestAt(request);
  store<u64>(at, now(), RequestWord.WAITS_SINCE_LOW << 2);
  setSimulationWord(SimulationWord.WAITING, simulationWord(SimulationWord.WAITING) + 1);
}

function wake(at: usize): void {
  const client = load<i32>(at, RequestWord.CLIENT << 2) - 1;
  store<i32>(at, 0, RequestWord.WAITS_FOR << 2);
  setSimulationWord(SimulationWord.WAITING, simulationWord(SimulationWord.WAITING) - 1);
  addCounter(client, Counter.IO_WAIT_TIME, <f64>(now() - load<u64>(at, RequestWord.WAITS_SINCE_LOW << 2)));
  later(client, Tag.REQUEST, 0, load<u32>(at, RequestWord.PAYLOAD << 2));
}

/** Some I/O has ended. A page that was freed under its I/O is not waited for either. */
export function endIo(): void {
  if (simulationWord(SimulationWord.WAITING) == 0) return;
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const at = requestAt(request);
    const page = load<u32>(at, RequestWord.WAITS_FOR << 2);
    if (page == 0) continue;
    const word = wordOf(page - 1);
    if (kindOf(word) == FrameKind.ALLOCATED && hasPageFlag(word, PageFlag.WRITEBACK)) continue;
    wake(at);
  }
}
