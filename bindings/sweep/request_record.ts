// Knows: how a request that has ended becomes a record of a result: names instead of numbers, and its deadline.
// Must not know: runs, failures.

import type { RequestRecord } from "../scenario/result.js";
import type { LoggedRequest } from "../scenario/simulation.js";

/** @param deadlineNs of its client; 0: it has none */
export function requestRecord(
  logged: LoggedRequest,
  client: string,
  area: string,
  deadlineNs: number,
): RequestRecord {
  const latencyNs = logged.endNs - logged.beginNs;
  const { pages, align, beginNs, errno, pfn, windows, busyRetries, sleeps } = logged;
  return {
    client,
    area,
    pages,
    align,
    beginNs,
    latencyNs,
    errno,
    pfn,
    windows,
    busyRetries,
    pagesMigrated: logged.pagesMigrated,
    pagesReclaimed: logged.pagesReclaimed,
    ...(logged.pagesWritten > 0 ? { pagesWritten: logged.pagesWritten } : {}),
    sleeps,
    ordinal: logged.ordinal,
    missedDeadline: deadlineNs > 0 && (errno !== 0 || latencyNs > deadlineNs),
  };
}
