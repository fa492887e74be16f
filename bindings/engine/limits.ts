// Knows: how much of an input is taken: every limit that a foreign file or an option meets, with its reason.
// Must not know: formats, who asks. docs/limits.md is this file in prose; a test compares them.

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Logs and files of one moment: what the importers of `explain`, `size` and `snapshot` take. */
export const IMPORT = {
  /** Bytes of one file, unpacked. Endless files (/dev/zero) end here, if they do not end as "neither text nor a table". */
  fileBytes: 16 * GIB,
  /** Characters of one line: a bitmap of 48 GiB in 4 KiB pages still fits. */
  lineCharacters: 4 * MIB,
  /** Items of one kind that are kept: failures, requests, windows, reservations, pages. */
  items: 2000,
  /** Entries of run lists that are kept, over all files. */
  listEntries: MIB,
  /** Words of bitmaps that are kept, over all files: 2 TiB of 4 KiB pages. */
  bitmapWords: 16 * MIB,
  /** Frames of one kpageflags or kpagecount: 256 GiB of 4 KiB pages. */
  frames: 64 * MIB,
  /** Pins of page_pinner; its own buffer holds 4096 unless it was made larger. */
  pins: 16_384,
  /** Tables of frames that are kept. */
  tables: 8,
  /** Issues that are kept, over all files. */
  issues: 5000,
} as const;

/** Scenarios, and what is said about a bad one. */
export const SCENARIO = {
  /** Characters of a scenario's text; the longest of the package has 3,000. */
  characters: MIB,
  /** Groups and lists in one another. */
  depth: 64,
  /** Problems that are collected, and those of them that a message shows. */
  problems: 1000,
  problemsShown: 50,
  /** Columns of an excerpt, and characters of a value that is quoted. */
  excerptColumns: 100,
  quoted: 60,
} as const;

/** What options of the command line may ask for. */
export const OPTIONS = {
  /** Threads; each holds a machine. Seeds have their own range (--seeds, 1 to 2^32 - 1, a million a call). */
  jobs: 1024,
  /** Bytes of a file that is read as a whole: snapshots of the largest device have 3.5 GiB. */
  snapshotBytes: 4 * GIB - 1,
} as const;

/** Archives and folders: nothing of them is ever written to disk, entries are read in passing. */
export const ARCHIVE = {
  /** Files in one archive or folder; a large sosreport has 20,000. */
  entries: 100_000,
  /** Bytes of all entries of one archive, unpacked. */
  totalBytes: 8 * GIB,
  /** Unpacked bytes for each packed one, looked at once `ratioFrom` bytes came out. Tables of an idle machine reach 200. */
  ratio: 400,
  ratioFrom: 64 * MIB,
  /** Archives in archives: a .tgz with files that are .gz is 3 (gzip, tar, gzip). */
  depth: 4,
  /** Bytes of an entry's path. */
  pathBytes: 4 * KIB,
  /** Folders below the one that is given. */
  folderDepth: 32,
} as const;
