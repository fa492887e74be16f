// Knows: what other rooms may use of size. Re-exports only.

export { type Buffer, formatNames, parseBuffer } from "./buffers.js";
export { deviceTreeOf, parseBuffers, type SizeAnswer, size, sizeForBuffers, sizeForPicture } from "./size.js";
export { type Span, type Spans, spanOfOrder, spansOf } from "./span.js";
