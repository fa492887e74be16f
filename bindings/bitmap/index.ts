// Knows: what other rooms, and users, may take from this one. Re-exports only.

export { formatDebugfsBitmap, parseDebugfsBitmap } from "./debugfs.js";
export {
  type BitmapIndex,
  type BitmapOptions,
  type BitmapStats,
  type FindOptions,
  PageBitmap,
} from "./page_bitmap.js";
export { type CmaRunRequest, cmaRun, type RunRequest } from "./request.js";
