// Knows: how SVG text is written: escaping, attributes, rectangles as path data.
// Must not know: what is drawn. No dates, no random ids: the same input gives the same bytes.

/** Characters that XML 1.0 cannot hold at all, even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text that is safe as content and as an attribute's value. */
export function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, "\uFFFD").replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

function attributes(values: Attributes): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${escapeXml(String(value))}"`))
    .join("");
}

/** `children` is markup that is already escaped. */
export function element(name: string, values: Attributes, children?: string): string {
  const open = `<${name}${attributes(values)}`;
  return children === undefined || children === "" ? `${open}/>` : `${open}>${children}</${name}>`;
}

/** One line of text; the content is escaped here. */
export function textElement(x: number, y: number, content: string, values: Attributes = {}): string {
  return element("text", { x, y, ...values }, escapeXml(content));
}

/** A rectangle as relative path data, so that thousands of them share one element. */
export function rectanglePath(x: number, y: number, width: number, height: number): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}
