// Knows: how elements are made. Text only ever becomes text: no name from a file is read as markup.
// Must not know: what is shown.

export type Child = Node | string | number | null;

export interface Attributes {
  readonly [name: string]: string | number | boolean | ((event: Event) => void) | null;
}

function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null) element.append(typeof child === "number" ? String(child) : child);
  }
}

/** A function among the attributes listens to the event of that name. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, attributes, children);
  return element;
}

export interface TableColumn<Row> {
  readonly title: string;
  readonly hint?: string;
  /** Numbers stand right. */
  readonly number?: boolean;
  cell(row: Row): Child;
}

export function table<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  each: (row: Row) => Attributes = () => ({}),
): HTMLElement {
  const side = ({ number }: TableColumn<Row>) => (number === true ? "n" : null);
  const head = columns.map((column) =>
    h("th", { class: side(column), title: column.hint ?? null, scope: "col" }, column.title),
  );
  const body = rows.map((row) =>
    h("tr", each(row), ...columns.map((column) => h("td", { class: side(column) }, column.cell(row)))),
  );
  return h(
    "div",
    { class: "table" },
    h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...body)),
  );
}

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return h("section", { id }, h("h2", {}, title), ...children);
}

/** Width that a plot may use inside an element that is already in the page. */
export function widthOf(element: Element, least = 280): number {
  return Math.max(least, Math.floor(element.getBoundingClientRect().width));
}
