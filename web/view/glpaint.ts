// Knows: how a map is painted by WebGL2: frames and palette as textures of whole numbers, one triangle, the rules of paint.ts.
// Must not know: the page, time, where a map comes from.
//
// It paints in the page and not in the worker that holds the engine: the worker may be busy for a hundred milliseconds to
// reach a moment, and the map moves under the hand meanwhile; a class map changes hands without a copy.

import { ClassFlag } from "../../assembly/abi/classes.js";
import { COLUMNS, type Layout, type View } from "./layout.js";
import {
  AREA_FRAME,
  along,
  EDGE,
  EQUAL,
  HATCH,
  OUTSIDE,
  PINNED,
  type Picture,
  RING,
  scaleOf,
} from "./paint.js";
import { Pattern } from "./palette.js";

/** Frames of a row of a texture. */
const ROW = 2048;

function triple(rgb: number): string {
  return `uvec3(${rgb >> 16}u, ${(rgb >> 8) & 0xff}u, ${rgb & 0xff}u)`;
}

const VERTEX = `#version 300 es
void main() { gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0); }`;

const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
precision highp isampler2D;
uniform usampler2D map, groups, values, other, cells, palette;
uniform isampler2D columns, rows;
uniform ivec4 shape, scale;
uniform ivec4 extent;
uniform ivec4 modes;
out vec4 colour;

uint at(usampler2D bytes, int frame) { return texelFetch(bytes, ivec2(frame & ${ROW - 1}, frame >> 11), 0).r; }

bool inked(uint pattern, int x, int y) {
  if (pattern == ${Pattern.RISING}u) return ((x + y) & 3) == 0;
  if (pattern == ${Pattern.DOTS}u) return (x & 3) == 0 && ((y + ((x & 4) >> 1)) & 3) == 0;
  if (pattern == ${Pattern.UPRIGHT}u) return (x & 3) == 0;
  return pattern == ${Pattern.LEVEL}u && (y & 3) == 0;
}

uvec3 shown() {
  int x = int(gl_FragCoord.x);
  int y = extent.w - 1 - int(gl_FragCoord.y);
  ivec2 column = texelFetch(columns, ivec2(x, 0), 0).rg;
  ivec2 row = texelFetch(rows, ivec2(y, 0), 0).rg;
  if (column.r < 0 || row.r < 0 || column.r >= extent.x || row.r >= extent.y) return ${triple(OUTSIDE)};
  int block = (row.r / shape.y) * ${COLUMNS} + column.r / shape.x;
  int frame = block * shape.z + int(texelFetch(cells, ivec2(column.r % shape.x, row.r % shape.y), 0).r);
  if (frame >= shape.w) return ${triple(OUTSIDE)};
  uint byte = at(map, frame);
  uint value = modes.x == 0 ? byte & 15u : at(values, frame);
  if (modes.y != 0 && at(other, frame) == (modes.x == 0 ? byte : value)) return ${triple(EQUAL)};
  uint flags = modes.z == 0 ? byte : byte | (at(groups, frame >> 3) & ${ClassFlag.PINNED | ClassFlag.MOVED}u);
  int px = x + scale.z;
  int py = y + scale.w;
  uvec4 base = texelFetch(palette, ivec2(int(value), 0), 0);
  uvec3 rgb = inked(base.a, px, py) ? texelFetch(palette, ivec2(int(value), 1), 0).rgb : base.rgb;
  if ((flags & ${ClassFlag.MOVED}u) != 0u) rgb = (rgb + 255u) >> 1u;
  if ((flags & ${ClassFlag.ISOLATED}u) != 0u && ((px - py) & 7) < 2) rgb = ${triple(HATCH)};
  if ((flags & ${ClassFlag.IN_AREA}u) != 0u && ((column.g | row.g) & ${EDGE}) != 0) rgb = ${triple(AREA_FRAME)};
  if ((flags & ${ClassFlag.PINNED}u) == 0u) return rgb;
  int nearX = abs(2 * (column.g & 0xffff) + 1 - scale.x);
  int nearY = abs(2 * (row.g & 0xffff) + 1 - scale.y);
  int radius = max(1, scale.x >> 1);
  if (modes.z != 0 || (nearX <= radius && nearY <= radius)) return ${triple(PINNED)};
  return scale.x >= 4 && nearX <= radius + 2 && nearY <= radius + 2 ? ${triple(RING)} : rgb;
}

void main() { colour = vec4(vec3(shown()) / 255.0, 1.0); }`;

const NAMES = ["map", "groups", "values", "other", "cells", "palette", "columns", "rows"] as const;
type Name = (typeof NAMES)[number];

export class GlPainter {
  readonly #gl: WebGL2RenderingContext;
  readonly #layout: Layout;
  readonly #program: WebGLProgram;
  /** What each texture holds: it is uploaded again only when that is another array. */
  readonly #held = new Map<Name, ArrayBufferView>();

  private constructor(gl: WebGL2RenderingContext, layout: Layout) {
    this.#gl = gl;
    this.#layout = layout;
    this.#program = programOf(gl);
    gl.useProgram(this.#program);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    for (const [unit, name] of NAMES.entries()) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
      for (const which of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
        gl.texParameteri(gl.TEXTURE_2D, which, gl.NEAREST);
      gl.uniform1i(gl.getUniformLocation(this.#program, name), unit);
      // A sampler without a texture of its kind is an error, used or not.
      const isPlace = name === "columns" || name === "rows";
      if (isPlace) this.#places(name, new Int32Array(2));
      else this.#bytes(name, new Uint8Array(1));
    }
    const { across, down, frameOfCell, frames, width, height } = layout;
    gl.activeTexture(gl.TEXTURE0 + NAMES.indexOf("cells"));
    gl.texImage2D(
      gl.TEXTURE_2D,
      0,
      gl.R16UI,
      across,
      down,
      0,
      gl.RED_INTEGER,
      gl.UNSIGNED_SHORT,
      frameOfCell,
    );
    this.#uniform("shape", [across, down, frameOfCell.length, frames]);
    this.#uniform("extent", [width, height, gl.canvas.width, gl.canvas.height]);
  }

  /**
   * undefined where the browser has no WebGL2, or none for a memory of this size; without `anyhow` also where it has one
   * by software only, which costs more than painting on the CPU.
   */
  static on(canvas: HTMLCanvasElement, layout: Layout, anyhow: boolean): GlPainter | undefined {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (gl === null || gl.isContextLost() || (isSoftware(gl) && !anyhow)) return undefined;
    const most = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    const fits = Math.ceil(layout.frames / ROW) <= most && Math.max(canvas.width, canvas.height) <= most;
    return fits ? new GlPainter(gl, layout) : undefined;
  }

  #uniform(name: string, values: readonly [number, number, number, number]): void {
    this.#gl.uniform4i(this.#gl.getUniformLocation(this.#program, name), ...values);
  }

  /** A byte for each frame, ROW in a row, the last one perhaps shorter. */
  #bytes(name: Name, bytes: Uint8Array): void {
    if (this.#held.get(name) === bytes) return;
    const { gl, rows } = { gl: this.#gl, rows: Math.floor(bytes.length / ROW) };
    const [kind, of] = [gl.RED_INTEGER, gl.UNSIGNED_BYTE];
    gl.activeTexture(gl.TEXTURE0 + NAMES.indexOf(name));
    if (this.#held.get(name)?.byteLength !== bytes.length)
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, ROW, Math.ceil(bytes.length / ROW), 0, kind, of, null);
    if (rows > 0) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, ROW, rows, kind, of, bytes);
    const rest = bytes.length - rows * ROW;
    if (rest > 0) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, rows, rest, 1, kind, of, bytes.subarray(rows * ROW));
    this.#held.set(name, bytes);
  }

  /** A pair of numbers for each pixel of an axis. */
  #places(name: Name, pairs: Int32Array): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + NAMES.indexOf(name));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG32I, pairs.length / 2, 1, 0, gl.RG_INTEGER, gl.INT, pairs);
  }

  #palette(bytes: Uint8Array): void {
    if (this.#held.get("palette") === bytes) return;
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + NAMES.indexOf("palette"));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8UI, 256, 2, 0, gl.RGBA_INTEGER, gl.UNSIGNED_BYTE, bytes);
    this.#held.set("palette", bytes);
  }

  /** false: the context is gone, and somebody else has to paint. */
  paint(view: View, { map, groups, values, other, palette }: Picture): boolean {
    const gl = this.#gl;
    const { width, height } = gl.canvas;
    this.#bytes("map", map);
    this.#bytes("groups", groups);
    if (values !== undefined) this.#bytes("values", values);
    if (other !== undefined) this.#bytes("other", other);
    this.#palette(palette);
    this.#places("columns", along(width, view.left, view.across, this.#layout.across));
    this.#places("rows", along(height, view.top, view.down, this.#layout.down));
    const { across, down, isPhone, shiftX, shiftY } = scaleOf(view);
    this.#uniform("scale", [across, down, shiftX, shiftY]);
    this.#uniform("modes", [Number(values !== undefined), Number(other !== undefined), Number(isPhone), 0]);
    gl.viewport(0, 0, width, height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    return !gl.isContextLost();
  }

  /** RGBA from the top down, of what was painted last; only before the browser has shown it. */
  pixels(): Uint8Array {
    const gl = this.#gl;
    const { width, height } = gl.canvas;
    const upward = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, upward);
    const bytes = new Uint8Array(upward.length);
    for (let y = 0; y < height; y++)
      bytes.set(upward.subarray((height - 1 - y) * width * 4, (height - y) * width * 4), y * width * 4);
    return bytes;
  }
}

/** Does the CPU stand in for a graphics card? A browser that does not say so counts as one that has a card. */
function isSoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = names === null ? "" : String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind) as WebGLShader;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) === true || gl.isContextLost()) return program;
  throw new Error(`the map's shader: ${gl.getProgramInfoLog(program) ?? ""}`);
}
