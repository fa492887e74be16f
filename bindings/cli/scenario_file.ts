// Knows: how a scenario is read from a file or by name, with the device in the state of a real one that it names.
// Must not know: what is done with it.

import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { presetNames } from "../device/presets/index.js";
import { collectFiles } from "../importers/node.js";
import { stateOfMachine } from "../machine/to_state.js";
import { buildState } from "../rebuild/index.js";
import { type CapturedDevice, capturedDevice } from "../scenario/device_facts.js";
import { parseScenario } from "../scenario/index.js";
import type { Scenario } from "../scenario/scenario.js";
import { deviceWord } from "../scenario/yaml.js";
import type { MachineState } from "../state/types.js";
import { UsageError } from "./exit.js";
import { textOf } from "./run/options.js";
import { isSnapshotFile, readFirstDump, restoreMachine } from "./state_file.js";
import { err } from "./terminal.js";

export interface ScenarioFile {
  readonly scenario: Scenario;
  /** As it stands in the file. */
  readonly text: string;
}

/** A dump of a kernel with the capture patches. */
export function isCapture(path: string): boolean {
  return ["state_before.txt", "state_before.txt.gz"].some((name) => existsSync(join(path, name)));
}

/** Files of one moment: a folder, a bundle, or one file of them. What contradicts itself is told. */
async function stateOfFiles(path: string): Promise<MachineState> {
  const { state, issues } = buildState(await collectFiles([path]), {});
  for (const { severity, file, line, message } of issues)
    if (severity === "error") err(`${file === "" ? "" : `${file}:${line}: `}${message}\n`);
  return state;
}

async function stateOf(path: string): Promise<MachineState> {
  if (statSync(path).isDirectory())
    return isCapture(path) ? readFirstDump(path, err) : await stateOfFiles(path);
  if (!isSnapshotFile(path)) return await stateOfFiles(path);
  using machine = await restoreMachine(path);
  return stateOfMachine(machine);
}

/** @throws UsageError when there is no such file, errors of its format where it is no device's */
export async function readCapturedDevice(path: string): Promise<CapturedDevice> {
  if (!existsSync(path))
    throw new UsageError(
      `${path}: no such file or folder, and no preset; presets: ${presetNames.join(", ")}`,
    );
  return capturedDevice(basename(resolve(path)), await stateOf(path));
}

/**
 * A scenario of a file or of the package. A device that it names and that is no preset is a file beside it, or a folder.
 * @param device instead of the device in the text: a preset, or a path from here
 * @throws ScenarioError with every problem
 */
export async function readScenarioFile(name: string, device?: string): Promise<ScenarioFile> {
  const { text, label } = textOf(name);
  const parse = (instead?: string | CapturedDevice, captured?: ReadonlyMap<string, CapturedDevice>) => ({
    scenario: parseScenario(text, basename(label), instead, captured),
    text,
  });
  if (device !== undefined) {
    const isPreset = (presetNames as readonly string[]).includes(device);
    return parse(isPreset ? device : await readCapturedDevice(device));
  }
  const word = deviceWord(text);
  const path = word === undefined ? "" : resolve(dirname(label), word);
  if (word === undefined || !existsSync(path)) return parse();
  return parse(undefined, new Map([[word, await readCapturedDevice(path)]]));
}
