// Knows: how files come into the page: dropped, or chosen with a button. They are read here; nothing leaves the machine.
// Must not know: what they say.

import type { DroppedFile } from "../view/reader.js";
import { h } from "./dom.js";

/** More than the page can hold in memory. */
const MOST_BYTES = 2 ** 30;
const MOST_FILES = 2000;

async function filesBelow(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    found.push(
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    );
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const one of some) await filesBelow(one, found);
  }
}

async function dropped(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files];
  const found: File[] = [];
  for (const entry of entries) await filesBelow(entry, found);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function bytesOf(files: readonly File[]): Promise<DroppedFile[]> {
  const all = files.reduce((sum, { size }) => sum + size, 0);
  if (all > MOST_BYTES)
    throw new Error(
      `${Math.round(all / 2 ** 20)} MiB are more than a page can hold: pageblock explain reads them`,
    );
  return await Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
}

/** A button for files; files dropped anywhere on the page come the same way. */
export function fileButton(
  take: (files: readonly DroppedFile[]) => Promise<void>,
  tell: (text: string) => void,
): HTMLElement {
  const takeAll = async (files: Promise<File[]> | File[]) => {
    try {
      const read = await bytesOf(await files);
      if (read.length === 0) return;
      tell(`Reading ${read.length === 1 ? read[0]?.name : `${read.length} files`} ...`);
      await take(read);
    } catch (error) {
      tell((error as Error).message);
    }
  };
  document.ondragover = (event) => event.preventDefault();
  document.ondrop = (event) => {
    event.preventDefault();
    if (event.dataTransfer !== null) void takeAll(dropped(event.dataTransfer));
  };
  const input = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "files of a device",
    change: () => void takeAll([...(input.files ?? [])]),
  });
  const hint =
    "a log, a bitmap, files of /proc, a bundle; or drop them anywhere; nothing leaves this machine";
  const button = h("button", { type: "button", title: hint, click: () => input.click() }, "Open files …");
  return h("span", {}, button, input);
}
