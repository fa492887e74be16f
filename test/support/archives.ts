// Knows: how files become a tar or a zip, well-formed or hostile, without a program.
// Must not know: what is in the files.

import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";

export interface TarEntry {
  readonly path: string;
  readonly data?: Uint8Array | string;
  /** "0" file (when absent), "1" and "2" links, "5" folder ... */
  readonly type?: string;
  /** Written into the header instead of the data's length. */
  readonly size?: number;
}

function bytesOf(data: Uint8Array | string | undefined): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : (data ?? new Uint8Array(0));
}

function header({ path, data, type = "0", size }: TarEntry): Uint8Array {
  const block = new Uint8Array(512);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  put(0, path.slice(0, 100));
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, octal(size ?? bytesOf(data).length, 11));
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, type);
  put(257, "ustar\x0000");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)} `);
  return block;
}

/** GNU tar's way with a name of more than 100 bytes: an entry of its own in front. */
export function tar(entries: readonly TarEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (entry: TarEntry) => {
    const data = bytesOf(entry.data);
    parts.push(header(entry), data, new Uint8Array((512 - (data.length % 512)) % 512));
  };
  for (const entry of entries) {
    if (entry.path.length > 100) add({ path: "././@LongLink", type: "L", data: `${entry.path}\0` });
    add(entry);
  }
  return Buffer.concat([...parts, new Uint8Array(1024)]);
}

export function tgz(entries: readonly TarEntry[]): Uint8Array {
  return gzipSync(tar(entries));
}

export function zip(entries: readonly TarEntry[]): Uint8Array {
  return zipSync(Object.fromEntries(entries.map(({ path, data }) => [path, bytesOf(data)])));
}
