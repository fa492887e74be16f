// Knows: the records of a machine's frames, and how fields are read from them. Must not know: what a field says.

import { FRAME_SHIFT, FrameField } from "../../assembly/abi/layout.js";

/** A live view of every frame of the flat array; frames are numbers from 0, list heads lie behind the last of them. */
export class FrameRecords {
  /**
   * @param fields Region.FRAMES: FrameField.COUNT words for each record
   * @param length frames
   */
  constructor(
    readonly fields: Uint32Array,
    readonly length: number,
  ) {}

  /** See assembly/abi/frame_word; undefined where the machine has no such frame. */
  word(frame: number): number | undefined {
    return frame < this.length ? this.fields[frame * FrameField.COUNT + FrameField.WORD] : undefined;
  }

  /** Slot + 1 of the allocation that the frame heads, 0 without one. */
  owner(frame: number): number {
    return frame < this.length ? (this.fields[frame * FrameField.COUNT + FrameField.OWNER] ?? 0) : 0;
  }

  /** The record behind this one on its list: a frame, or the list's head. */
  next(record: number): number {
    return (this.fields[record * FrameField.COUNT + FrameField.NEXT] ?? 0) >>> FRAME_SHIFT;
  }
}
