// Knows: how one picture becomes an explanation: each request once, although a log and a trace may both tell of it.
// Must not know: formats, how an explanation is shown.

import { type ClassifyOptions, classify, type Explained } from "./classify.js";
import { contradictionsOf } from "./contradictions.js";
import type { Finding } from "./finding.js";
import { findingsOf } from "./findings.js";
import { type Holders, holdersOf } from "./holders.js";
import type { ExplainIssue, FailedRequest, Picture } from "./picture.js";
import { reservationFindings } from "./reservation/index.js";
import { pageShift } from "./totals.js";
import type { Certainty, Verdict } from "./verdicts.js";

/** What the files of one moment explain. */
export interface Explanation {
  /** What a tired person needs to know first. */
  readonly sentence: string;
  /** One for each failed request. */
  readonly failures: readonly Explained[];
  /** What the files show beside failed requests. */
  readonly findings: readonly Finding[];
  /** Who holds contiguous memory; null when no file tells. */
  readonly holders: Holders | null;
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

/** Pages of a driver's bytes, once the size of a page is known: 4 KiB was taken before. Nobody asks for less than one page. */
function inPages(failures: readonly FailedRequest[], shift: number): readonly FailedRequest[] {
  return failures.map((failure) => {
    const isTold = failure.form === "cma" || failure.bytes === null || shift === 12;
    const pages = isTold ? failure.pages : Math.ceil(failure.bytes / 2 ** shift);
    return { ...failure, pages: pages !== null && pages >= 1 ? pages : null };
  });
}

const STRENGTH: Readonly<Record<Certainty, number>> = { undecided: 0, likely: 1, proved: 2 };
/** What a sibling's answer does not carry over: how one caller took it, or died. */
const OWN_ONLY: ReadonlySet<Verdict> = new Set(["BENIGN", "KILLED", "UNDECIDED"]);

/** Requests of one size, area and error get one answer: lines about the later ones are often suppressed by the rate limit. */
function likeSiblings(answers: readonly Explained[], failures: readonly FailedRequest[]): Explained[] {
  const best = new Map<string, number>();
  const keyOf = ({ area, pages, errno }: FailedRequest) => `${area}|${pages}|${errno}`;
  for (const [i, answer] of answers.entries()) {
    if (OWN_ONLY.has(answer.verdict)) continue;
    const key = keyOf(failures[i]!);
    const known = best.get(key);
    if (known === undefined || STRENGTH[answer.certainty] > STRENGTH[answers[known]!.certainty])
      best.set(key, i);
  }
  return answers.map((answer, i) => {
    const at = best.get(keyOf(failures[i]!));
    if (at === undefined || at === i) return answer;
    const isWeaker = answer.verdict === "UNDECIDED" || isErrorAlone(answer, failures[i]!, failures[at]!);
    if (!isWeaker) return answer;
    const { verdict, alsoPossible, remedies, nextCommand, sentence } = answers[at]!;
    const { place } = failures[at]!;
    const why = `like the request at ${place.file}:${place.line}, of the same size and error: nothing of its own in the log says why`;
    return {
      ...answer,
      ...{ verdict, alsoPossible, remedies, nextCommand, sentence },
      certainty: "likely",
      ranking: [],
      evidence: [why],
    };
  });
}

/** PINNED by its error alone, where a sibling has busy windows. */
function isErrorAlone({ verdict }: Explained, own: FailedRequest, sibling: FailedRequest): boolean {
  return verdict === "PINNED" && own.busy.length === 0 && own.tries === null && sibling.busy.length > 0;
}

/** The whole answer in one sentence. */
function headline(failures: readonly Explained[], findings: readonly Finding[]): string {
  const [first] = failures;
  if (first === undefined) {
    const [finding] = findings;
    if (finding === undefined)
      return "Nothing in these files says that a request for contiguous memory failed.";
    const { message } = finding;
    // `cma=64M ...` and `pfn 0x10 ...` are written so.
    const isCode = /^(?:\S*=|pfn )/.test(message);
    return `${isCode ? message : `${message[0]!.toUpperCase()}${message.slice(1)}`}.`;
  }
  const more = failures.length - 1;
  return more === 0 ? first.sentence : `${first.sentence} (The first of ${failures.length} failed requests.)`;
}

/**
 * Why each failed request of a picture failed, with the evidence, what else is possible, the one command to run next and
 * the remedies; facts without a failed request; contradictions. Pure: the same picture gives the same explanation.
 * @param picture what collect() answers
 */
export function explain(picture: Picture, options: ClassifyOptions = {}): Explanation {
  const failures = merged(inPages(picture.failures, pageShift(picture)));
  const groups = new Map<string, FailedRequest[]>();
  for (const failure of failures) {
    const key = `${failure.area}|${failure.pages}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [failure]);
    else group.push(failure);
  }
  const whole = { ...picture, failures };
  const answers = failures.map((failure) =>
    classify(failure, groups.get(`${failure.area}|${failure.pages}`) ?? [], whole, options),
  );
  const explained = likeSiblings(answers, failures);
  const findings = [...reservationFindings(whole), ...findingsOf(whole)];
  return {
    sentence: headline(explained, findings),
    failures: explained,
    findings,
    holders: holdersOf(whole) ?? null,
    issues: [...picture.issues, ...contradictionsOf(whole)],
  };
}
