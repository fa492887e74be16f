// Knows: the classes of errors that a caller of the package can meet, and their codes.
// Must not know: the machine's memory, file formats, or how a message is shown.
//
// A failed allocation is never one of these: it is a measurement and comes back as a result.

import { Status } from "../../assembly/abi/vocabulary.js";
import { SCENARIO } from "./limits.js";

/** Stable identifiers, for programs; the message is for people. */
export type ErrorCode =
  | "BAD_UNIT"
  | "BAD_DEVICE"
  | "UNKNOWN_PRESET"
  | "BAD_POLICY"
  | "BAD_COMMAND"
  | "BAD_STATE"
  | "BAD_SCENARIO"
  | "BAD_CAPTURE"
  | "BAD_CALL"
  | "BAD_JOURNAL"
  | "RUN_FAILED"
  | "NOTHING_FOUND";

/** Base of everything that this package throws on purpose. */
export class PageblockError extends Error {
  override readonly name: string = "PageblockError";
  /** For programs; stable. */
  readonly code: ErrorCode;

  /** @internal */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A call with an argument that is missing or of another kind. Nothing was done. */
export class CallError extends PageblockError {
  override readonly name = "CallError";
  /** @internal */
  constructor(message: string) {
    super("BAD_CALL", message);
  }
}

/** A number that cannot be what it is used as: a negative pfn, half a page, 2^60 bytes. */
export class UnitError extends PageblockError {
  override readonly name = "UnitError";
  /** @internal */
  constructor(message: string) {
    super("BAD_UNIT", message);
  }
}

/** One thing that is wrong with a description, and where: `zones[1]`, `areas[2].size`. */
export interface Problem {
  /** `zones[1]`, `areas[2].size`; empty for the whole. */
  readonly path: string;
  /** What is wrong, and what would be right. */
  readonly message: string;
}

/** A description of a machine that cannot be built. Carries ALL problems, in the order in which they were found. */
export class DeviceError extends PageblockError {
  override readonly name = "DeviceError";
  /** Name of the description. */
  readonly device: string;
  /** All of them, in the order in which they were found. */
  readonly problems: readonly Problem[];

  /** @internal */
  constructor(device: string, problems: readonly Problem[]) {
    const shown = problems.slice(0, SCENARIO.problemsShown);
    const lines = shown.map(({ path, message }) => (path === "" ? `  ${message}` : `  ${path}: ${message}`));
    if (shown.length < problems.length) lines.push(`  ... and ${problems.length - shown.length} more`);
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super("BAD_DEVICE", `device ${JSON.stringify(device)} has ${count}\n${lines.join("\n")}`);
    this.device = device;
    this.problems = problems;
  }
}

/** One problem of a scenario: `clients[0].area`, and where it stands in a file. */
export interface ScenarioProblem extends Problem {
  /** From 1; absent where there is no text. */
  readonly line?: number;
  /** From 1; absent where there is no text. */
  readonly column?: number;
  /** The line and a mark under what is wrong. */
  readonly excerpt?: string;
}

/** A scenario that cannot be run. Carries ALL problems, in the order of the text. */
export class ScenarioError extends PageblockError {
  override readonly name = "ScenarioError";
  /** File or name of the scenario. */
  readonly scenario: string;
  /** All of them, in the order of the text. */
  readonly problems: readonly ScenarioProblem[];

  /** @internal */
  constructor(scenario: string, problems: readonly ScenarioProblem[]) {
    const shown = problems.slice(0, SCENARIO.problemsShown);
    const texts = shown.map(({ path, message, line, column, excerpt }) => {
      const place = line === undefined ? `  ${path}` : `${scenario}:${line}:${column}`;
      return `${place}: ${message}${excerpt === undefined ? "" : `\n${excerpt}`}`;
    });
    if (shown.length < problems.length) texts.push(`... and ${problems.length - shown.length} more`);
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super("BAD_SCENARIO", `scenario ${JSON.stringify(scenario)} has ${count}\n${texts.join("\n")}`);
    this.scenario = scenario;
    this.problems = problems;
  }
}

/** A policy that a machine cannot follow, or not from this moment on. The machine is unchanged. */
export class PolicyError extends PageblockError {
  override readonly name = "PolicyError";
  /** All of them, in the order in which they were found. */
  readonly problems: readonly Problem[];

  /** @internal */
  constructor(problems: readonly Problem[]) {
    super("BAD_POLICY", problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    this.problems = problems;
  }
}

/** Misuse of a machine: a command that could not mean anything. The machine is unchanged. */
export class MachineError extends PageblockError {
  override readonly name = "MachineError";
  /** What the core answered; BAD_COMMAND and above mean misuse. */
  readonly status: Status;

  /** @param what the command in words, e.g. `release of pfn 4096, order 3` */
  constructor(status: Status, what: string) {
    super("BAD_COMMAND", `${what}: ${Status[status] ?? `status ${status}`}`);
    this.status = status;
  }
}

/** A machine that may no longer be used: disposed, or stopped by a fault of our own. */
export class StateError extends PageblockError {
  override readonly name = "StateError";
  /** @internal */
  constructor(message: string, options?: ErrorOptions) {
    super("BAD_STATE", message, options);
  }
}

/** An error as plain data, as it crosses threads and lies in files: its class is its name and code. */
export interface PlainError {
  /** Its class: "MachineError", "StateError" ... */
  readonly name: string;
  /** An ErrorCode, a code of Node ("ERR_WORKER_OUT_OF_MEMORY"), or "" for a bug of ours. */
  readonly code: string;
  /** Its message. */
  readonly message: string;
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", code: "", message: String(error) };
  const { code } = error as { code?: unknown };
  return { name: error.name, code: typeof code === "string" ? code : "", message: error.message };
}

/** What another thread or an earlier process met: told like the error itself. */
export class ReportedError extends PageblockError {
  override readonly name: string;
  constructor({ name, code, message }: PlainError) {
    super((code || "RUN_FAILED") as ErrorCode, message);
    this.name = name;
  }
}

const OF_INPUT: readonly string[] = [
  "BAD_UNIT",
  "BAD_DEVICE",
  "UNKNOWN_PRESET",
  "BAD_SCENARIO",
  "BAD_POLICY",
] satisfies ErrorCode[];

/** What was asked for cannot be: trying again, or with another seed, gives the same error. */
export function isOfInput({ code }: PlainError): boolean {
  return OF_INPUT.includes(code);
}
