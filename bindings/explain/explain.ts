// Knows: how one picture becomes an explanation: each request once, although a log and a trace may both tell of it.
// Must not know: formats, how an explanation is shown.

import { type ClassifyOptions, classify, type Explained } from "./classify.js";
import { contradictionsOf } from "./contradictions.js";
import { type Finding, findingsOf } from "./findings.js";
import type { ExplainIssue, FailedRequest, Picture } from "./picture.js";
import { reservationFindings } from "./reservation/index.js";

/** What the files of one moment explain. */
export interface Explanation {
  /** One for each failed request. */
  readonly failures: readonly Explained[];
  /** What the files show beside failed requests. */
  readonly findings: readonly Finding[];
  /** What could not be taken as it stood, and contradictions. */
  readonly issues: readonly ExplainIssue[];
}

/** Seconds between a trace's end of a request and the log's line about it. */
const SAME_MOMENT = 2;

/** What a trace tells of a request goes to the log's line about it; requests that only the trace shows stay. */
function merged(failures: readonly FailedRequest[]): FailedRequest[] {
  const traced = failures.filter(({ form }) => form === "trace");
  if (traced.length === 0 || traced.length === failures.length) return [...failures];
  const left = new Set(traced);
  const byPages = new Map<number | null, FailedRequest[]>();
  for (const trace of traced) byPages.set(trace.pages, [...(byPages.get(trace.pages) ?? []), trace]);
  const joined = failures.flatMap((failure) => {
    if (failure.form === "trace") return [];
    const candidates = (byPages.get(failure.pages) ?? []).filter((trace) => left.has(trace));
    const near = candidates.find(
      ({ time }) => time !== null && failure.time !== null && Math.abs(time - failure.time) <= SAME_MOMENT,
    );
    const trace = near ?? candidates[0];
    if (trace === undefined) return [failure];
    left.delete(trace);
    const { align, culprits, tries, rivals, migrateFailed } = trace;
    return [
      {
        ...failure,
        area: failure.area ?? trace.area,
        align: failure.align ?? align,
        errno: failure.errno ?? trace.errno,
        culprits,
        tries,
        rivals,
        migrateFailed,
      },
    ];
  });
  return [...joined, ...left];
}

/**
 * Why each failed request of a picture failed, with the evidence, what else is possible, the one command to run next and
 * the remedies; facts without a failed request; contradictions. Pure: the same picture gives the same explanation.
 * @param picture what collect() answers
 */
export function explain(picture: Picture, options: ClassifyOptions = {}): Explanation {
  const failures = merged(picture.failures);
  const groups = new Map<string, FailedRequest[]>();
  for (const failure of failures) {
    const key = `${failure.area}|${failure.pages}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [failure]);
    else group.push(failure);
  }
  const whole = { ...picture, failures };
  return {
    failures: failures.map((failure) =>
      classify(failure, groups.get(`${failure.area}|${failure.pages}`) ?? [], whole, options),
    ),
    findings: [...findingsOf(whole), ...reservationFindings(whole)],
    issues: [...picture.issues, ...contradictionsOf(whole)],
  };
}
