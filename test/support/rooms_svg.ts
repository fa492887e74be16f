// Knows: how the table of arrows becomes a picture: rooms in rows, each above all that it may import, and no arrow that follows
// from two others. Must not know: which rooms there are.

const BOX = { height: 26, gap: 14, rowGap: 34, letter: 7.4, pad: 18 };
const WIDTH = 860;

export type Table = ReadonlyMap<string, readonly string[]>;

/** Rooms and what they may import, as rooms: a file of a room counts as "leaves" where the room itself is not meant. */
export function roomTable(rows: Readonly<Record<string, readonly string[]>>): Table {
  const rooms = Object.keys(rows);
  const targetOf = (rule: string) => {
    if (rooms.includes(rule)) return [rule];
    return rule === "abi" || rule.startsWith("engine/") ? ["leaves"] : [];
  };
  const table = new Map<string, readonly string[]>(
    rooms.map((room) => [
      room,
      [...new Set((rows[room] ?? []).flatMap(targetOf))].filter((to) => to !== room),
    ]),
  );
  if ([...table.values()].some((targets) => targets.includes("leaves"))) table.set("leaves", []);
  return table;
}

function reachable(table: Table, from: string, seen = new Set<string>()): Set<string> {
  for (const to of table.get(from) ?? [])
    if (!seen.has(to)) {
      seen.add(to);
      reachable(table, to, seen);
    }
  return seen;
}

/** Arrows that do not follow from two others. */
export function plainArrows(table: Table): [string, string][] {
  return [...table].flatMap(([from, targets]) =>
    targets
      .filter((to) => !targets.some((other) => other !== to && reachable(table, other).has(to)))
      .map((to): [string, string] => [from, to]),
  );
}

/** 0 for rooms that import nothing; else one above the highest that they import. */
function levelsOf(table: Table): Map<string, number> {
  const levels = new Map<string, number>();
  const levelOf = (room: string): number => {
    const known = levels.get(room);
    if (known !== undefined) return known;
    const level = Math.max(-1, ...(table.get(room) ?? []).map(levelOf)) + 1;
    levels.set(room, level);
    return level;
  };
  for (const room of table.keys()) levelOf(room);
  return levels;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function placesOf(table: Table, top: number): { places: Map<string, Place>; bottom: number } {
  const levels = levelsOf(table);
  const rows: string[][] = [];
  for (const [room, level] of levels) {
    rows[level] = [...(rows[level] ?? []), room];
  }
  const places = new Map<string, Place>();
  let y = top;
  for (const row of rows.reverse()) {
    const widths = row.map((room) => room.length * BOX.letter + BOX.pad);
    const whole = widths.reduce((sum, width) => sum + width, 0) + BOX.gap * (row.length - 1);
    let x = (WIDTH - whole) / 2;
    for (const [i, room] of row.entries()) {
      const width = widths[i] ?? 0;
      places.set(room, { x, y, width });
      x += width + BOX.gap;
    }
    y += BOX.height + BOX.rowGap;
  }
  return { places, bottom: y };
}

const at = (value: number) => value.toFixed(1).replace(/\.0$/, "");

function drawn(title: string, table: Table, top: number): { lines: string[]; bottom: number } {
  const { places, bottom } = placesOf(table, top + 30);
  const lines = [`<text x="16" y="${top + 16}" font-size="15" font-weight="bold">${title}</text>`];
  for (const [from, to] of plainArrows(table)) {
    const [a, b] = [places.get(from), places.get(to)];
    if (a === undefined || b === undefined) continue;
    const [x1, y1, x2, y2] = [a.x + a.width / 2, a.y + BOX.height, b.x + b.width / 2, b.y];
    const half = (y1 + y2) / 2;
    const d = `M${at(x1)} ${at(y1)}C${at(x1)} ${at(half)} ${at(x2)} ${at(half)} ${at(x2)} ${at(y2)}`;
    lines.push(`<path d="${d}" fill="none" stroke="#8a94a6"/>`);
  }
  for (const [room, { x, y, width }] of places) {
    const box = `x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${BOX.height}"`;
    lines.push(`<rect ${box} rx="4" fill="#eef3fa" stroke="#1f549e"/>`);
    lines.push(`<text x="${at(x + width / 2)}" y="${at(y + 17)}" text-anchor="middle">${room}</text>`);
  }
  return { lines, bottom };
}

/** Both sides of the project, one above the other. */
export function drawRooms(sides: readonly (readonly [title: string, table: Table])[]): string {
  const lines: string[] = [];
  let top = 8;
  for (const [title, table] of sides) {
    const side = drawn(title, table, top);
    lines.push(...side.lines);
    top = side.bottom;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" font-family="sans-serif" font-size="13">`,
    "<title>The rooms of pageblock and what each may import</title>",
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}
