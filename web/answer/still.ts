// Knows: how the frames that came with a page are shown before any engine runs.
// Must not know: how they came about.

import type { Still } from "../../bindings/report/answer/document.js";
import { layoutOf } from "../view/layout.js";
import { h } from "./dom.js";

/** Deflated bytes in base64, unpacked by the browser. */
export async function unpacked(base64: string, format: "deflate-raw" | "gzip"): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
