// Knows: how the requests of a run become columns, and which stay when there are too many.
// Must not know: statistics (they count all requests), pictures.

import type { RequestRecord, RunResult } from "../../scenario/result.js";
import { thinning } from "./budget.js";
import type { RequestColumns } from "./document.js";
import { encodeSteps, everyNth, roughly } from "./steps.js";

export interface KeptRequests {
  readonly columns: RequestColumns;
  readonly dropped: number;
}

/** Failed and late ones first; of the others every n-th in the order of time. */
function choose(requests: readonly RequestRecord[], most: number): RequestRecord[] {
  const inTime = requests.toSorted((a, b) => a.beginNs - b.beginNs);
  if (inTime.length <= most) return inTime;
  const isBad = ({ errno, missedDeadline }: RequestRecord) => errno !== 0 || missedDeadline;
  const bad = inTime.filter(isBad);
  const good = inTime.filter((request) => !isBad(request));
  const pick = (from: readonly RequestRecord[], room: number) =>
    everyNth(from.length, thinning(from.length, room)).map((i) => from[i] as RequestRecord);
  const kept = pick(bad, most);
  return [...kept, ...(kept.length < most ? pick(good, most - kept.length) : [])].sort(
    (a, b) => a.beginNs - b.beginNs,
  );
}

/** `failures`: the requests of the failures that the document keeps, in its order. */
export function requestColumns(
  run: RunResult,
  clients: readonly string[],
  areas: readonly string[],
  failures: readonly RequestRecord[],
  most: number,
): KeptRequests {
  const kept = choose(run.requests, most);
  const key = ({ client, area, beginNs, pages }: RequestRecord) =>
    JSON.stringify([client, area, beginNs, pages]);
  const failureOf = new Map(failures.map((request, i) => [key(request), i]));
  const columns = {
    client: kept.map(({ client }) => clients.indexOf(client)),
    area: kept.map(({ area }) => areas.indexOf(area)),
    pages: kept.map(({ pages }) => pages),
    beginNs: encodeSteps(
      kept.map(({ beginNs }) => beginNs),
      1e3,
    ),
    latencyNs: kept.map(({ latencyNs }) => roughly(latencyNs)),
    errno: kept.map(({ errno }) => errno),
    windows: kept.map(({ windows }) => windows),
    migrated: kept.map(({ pagesMigrated }) => pagesMigrated),
    missed: kept.map(({ missedDeadline }) => (missedDeadline ? 1 : 0)),
    failure: kept.map((request) => (request.errno === 0 ? -1 : (failureOf.get(key(request)) ?? -1))),
  };
  return { columns, dropped: run.requests.length - kept.length };
}
