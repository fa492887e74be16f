// Knows: the command `trace` of the shell: one recording of each machine, on, off, saved to a file.
// Must not know: what is recorded, how a trace is written.

import { type Recording, TraceRecorder } from "../../kernel_text/trace/index.js";
import type { Machine } from "../../machine/machine.js";
import { formatCount } from "../../report/sizes.js";
import { writeTrace } from "../trace_file.js";
import { type CommandContext, CommandFailure } from "./context.js";

/** Events that the ring of a shell's machine holds: those of one command must fit. 5 MiB. */
export const SHELL_EVENTS = 2 ** 17;

interface TraceState {
  /** Records at the moment. */
  recorder?: TraceRecorder;
  /** The last one that ended. */
  ended?: Recording;
}

const states = new WeakMap<Machine, TraceState>();

/** Takes what the last command recorded, before the next one can overwrite it. */
export function pollTrace(machine: Machine): void {
  states.get(machine)?.recorder?.poll();
}

function describe({ count, lost }: Recording): string {
  const missing = lost > 0 ? `, ${formatCount(lost)} lost (one command had more than the ring holds)` : "";
  return `${formatCount(count)} events${missing}\n`;
}

function save(recording: Recording, path: string): void {
  const problem = writeTrace(recording, path);
  if (problem !== undefined) throw new CommandFailure(problem);
}

/** `trace on`, `trace off`, `trace save FILE`, `trace`. */
export function trace({ machine, print }: CommandContext, args: readonly string[]): void {
  const [verb, path, ...more] = args;
  if (more.length > 0) throw new CommandFailure(`extra operand '${more[0]}'`);
  if (verb !== "save" && path !== undefined) throw new CommandFailure(`extra operand '${path}'`);
  const state = states.get(machine) ?? {};
  states.set(machine, state);
  const recording = state.recorder?.recording() ?? state.ended;
  switch (verb) {
    case undefined:
      print(`${state.recorder === undefined ? "off" : "on"}${recording ? `, ${describe(recording)}` : "\n"}`);
      return;
    case "on":
      state.recorder ??= new TraceRecorder(machine);
      return;
    case "off":
      if (state.recorder === undefined) throw new CommandFailure("it is off");
      state.ended = state.recorder.finish();
      delete state.recorder;
      print(describe(state.ended));
      return;
    case "save":
      if (path === undefined) throw new CommandFailure("missing operand");
      if (recording === undefined) throw new CommandFailure("nothing was recorded: trace on");
      save(recording, path);
      print(describe(recording));
      return;
    default:
      throw new CommandFailure(`${verb}: there are on, off and save FILE`);
  }
}
