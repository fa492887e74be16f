// Knows: the exports of the small module for bitmaps without a machine, and nothing else.
// Built by `npm run asc:bitmap`; bindings/bitmap loads it. The machine's CMA is made of the same files.

export {
  bitmapBuild,
  bitmapClear,
  bitmapCount,
  bitmapHas,
  bitmapIndexWords,
  bitmapInit,
  bitmapLongest,
  bitmapMap,
  bitmapNext,
  bitmapPlace,
  bitmapRepeat,
  bitmapRepeatUpdate,
  bitmapSet,
} from "./cma/search/standalone";
