// Knows: device tree source, as far as it reserves memory: nodes below reserved-memory, their properties, the cells above them.
// Must not know: what a kernel makes of it.
//
// Models: the syntax of dtc for nodes, properties, cells, strings and comments; macros other than SZ_* are not known.

import { MOST, type Place, type ReservedNode } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";

const ROOT = /^\s{0,40}\/\s{0,8}\{/;
const RESERVED = /^\s{0,40}(?:[\w-]{1,60}:\s{0,8})?&?(?:\{\/)?reserved[-_]memory\}?\s{0,8}\{/;
const AREA =
  /^\s{0,40}(?:[\w-]{1,60}:\s{0,8})?(?:linux,)?[\w,.-]{0,20}cma[\w,.-]{0,20}(?:@[0-9a-fA-F]{1,16})?\s{0,8}\{/;
/** A statement longer than this is none of ours (firmware blobs); and nodes deeper than this are not followed. */
const LONGEST = 1 << 14;
const DEEPEST = 64;

interface Node {
  readonly name: string;
  readonly place: Place;
  readonly properties: Map<string, string>;
}

function sizeMacro(token: string): number | null {
  const match = /^SZ_(\d{1,4})([KMG]?)$/.exec(token);
  if (match === null) return null;
  return Number(match[1]) * ({ K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[match[2]!] ?? 1);
}

/** `<0x0 0x10000000>` or `<0 SZ_256M>`: one number for each cell, null for what is not a number. */
export function cellsOf(value: string): (number | null)[] {
  const wide = /\/bits\/\s{1,4}64/.test(value);
  const cells: (number | null)[] = [];
  for (const group of value.match(/<[^<>]{0,4096}>/g) ?? []) {
    for (const token of group
      .slice(1, -1)
      .trim()
      .split(/[\s,]+/, 256)) {
      if (token === "") continue;
      const isNumber = /^(?:0[xX][0-9a-fA-F]{1,13}|\d{1,15})$/.test(token);
      const number = isNumber ? Number(token) : sizeMacro(token);
      if (wide) cells.push(number === null ? null : Math.floor(number / 2 ** 32));
      cells.push(number === null || !wide ? number : number % 2 ** 32);
    }
  }
  return cells;
}

function textOf(value: string | undefined): string | null {
  return value === undefined ? null : (/"([^"]{0,200})"/.exec(value)?.[1] ?? null);
}

function cellCount(node: Node | undefined, property: string): number | null {
  const value = node?.properties.get(property);
  return value === undefined ? null : (cellsOf(value)[0] ?? null);
}

class DeviceTreeReader implements LineReader {
  private stack: Node[] = [];
  private statement = "";
  private inComment = false;
  private quoted = false;
  private root: Node | undefined;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return this.stack.length === 0;
  }

  line(text: string, place: Place): boolean {
    if (text.length > LONGEST) return this.stack.length > 0;
    if (this.stack.length === 0) {
      if (/^\s{0,8}\/dts-v1\/;/.test(text)) return true;
      if (!ROOT.test(text) && !RESERVED.test(text) && !AREA.test(text)) return false;
      this.statement = "";
      this.inComment = false;
      this.quoted = false;
    }
    this.take(text, place);
    return true;
  }

  finish(): void {
    while (this.stack.length > 0) this.close();
  }

  private take(text: string, place: Place): void {
    for (let at = 0; at < text.length; at++) {
      const two = text.slice(at, at + 2);
      if (this.inComment) {
        if (two === "*/") {
          this.inComment = false;
          at += 1;
        }
        continue;
      }
      const letter = text[at]!;
      if (letter === '"') this.quoted = !this.quoted;
      if (!this.quoted && two === "//") return;
      if (!this.quoted && two === "/*") {
        this.inComment = true;
        at += 1;
      } else if (!this.quoted && letter === "{") this.open(place);
      else if (!this.quoted && letter === "}") this.close();
      else if (!this.quoted && letter === ";") this.property();
      else if (this.statement.length < LONGEST) this.statement += letter;
    }
    this.quoted = false;
    this.statement += " ";
  }

  private open(place: Place): void {
    const name = this.statement.trim().replace(/^[\w-]{1,60}:\s{0,8}/, "");
    this.statement = "";
    const node = { name: name.slice(-120), place, properties: new Map<string, string>() };
    if (name === "/") this.root = node;
    if (this.stack.length < DEEPEST) this.stack.push(node);
  }

  private property(): void {
    const text = this.statement.trim();
    this.statement = "";
    const node = this.stack.at(-1);
    if (text === "" || node === undefined || node.properties.size >= 100) return;
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals).trim();
    node.properties.set(name.slice(0, 80), equals < 0 ? "" : text.slice(equals + 1).trim());
  }

  private close(): void {
    this.statement = "";
    const node = this.stack.pop();
    if (node === undefined) return;
    const parent = this.stack.at(-1);
    const inReserved = parent !== undefined && /reserved[-_]memory\}?$/.test(parent.name);
    const { properties } = node;
    const isArea = properties.has("linux,cma-default") || /(^|,)[\w-]{0,20}cma/.test(node.name);
    if (!inReserved && !(isArea && (properties.has("size") || properties.has("reg")))) return;
    const { trees } = this.context.facts;
    if (trees.length < MOST) trees.push(this.reserved(node, inReserved ? parent : undefined));
  }

  private reserved({ name, place, properties }: Node, parent: Node | undefined): ReservedNode {
    const cells = (key: string) => {
      const value = properties.get(key);
      return value === undefined ? null : cellsOf(value);
    };
    return {
      place,
      name,
      compatible: textOf(properties.get("compatible")),
      status: textOf(properties.get("status")),
      reusable: properties.has("reusable"),
      noMap: properties.has("no-map"),
      cmaDefault: properties.has("linux,cma-default"),
      size: cells("size"),
      alignment: cells("alignment"),
      reg: cells("reg"),
      allocRanges: cells("alloc-ranges"),
      addressCells: cellCount(parent, "#address-cells"),
      sizeCells: cellCount(parent, "#size-cells"),
      rootAddressCells: cellCount(this.root, "#address-cells"),
      rootSizeCells: cellCount(this.root, "#size-cells"),
      hasRanges: parent === undefined || parent.name.startsWith("&") ? null : parent.properties.has("ranges"),
    };
  }
}

export const deviceTreeImporter: Importer = {
  id: "devicetree",
  title: "device tree source (reserved-memory)",
  open: (context) => new DeviceTreeReader(context),
};
