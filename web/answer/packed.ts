// Knows: how bytes travel in a page: deflated or gzipped, in base64; the browser packs and unpacks them.
// Must not know: what they are.

/** What is packed becomes bytes. */
export async function unpacked(base64: string, format: "deflate-raw" | "gzip"): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Gzipped, in base64. */
export async function packed(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
  const small = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(Array.from(small, (byte) => String.fromCharCode(byte)).join(""));
}
