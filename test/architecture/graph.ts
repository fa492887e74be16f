// Knows: how the arrows between rooms are drawn as text.
// Must not know: which are allowed.

import { roomOf } from "./arrows.js";
import { codeLinesOf, type SourceFile } from "./sources.js";

/** One line per room, in this order: its files and lines of code, then the rooms it imports with the number of imports. */
export function renderGraph(title: string, order: readonly string[], sources: readonly SourceFile[]): string {
  const lines = linesOfRooms(sources);
  const rooms = new Map<string, { files: number; arrows: Map<string, number> }>();
  for (const { path, imports } of sources) {
    const from = roomOf(path);
    const room = rooms.get(from) ?? { files: 0, arrows: new Map<string, number>() };
    rooms.set(from, room);
    room.files += 1;
    for (const { target, isPackage } of imports) {
      const to = isPackage ? target.replace(/^node:.*/, "node:*") : roomOf(target);
      if (to !== from) room.arrows.set(to, (room.arrows.get(to) ?? 0) + 1);
    }
  }
  const names = [...rooms.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const width = Math.max(...names.map((name) => name.length));
  const rows = names.map((name) => {
    const { files, arrows } = rooms.get(name)!;
    const targets = [...arrows]
      .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
      .map(([to, count]) => `${to} ${count}`);
    const size = `${`${files}`.padStart(3)} ${files === 1 ? "file " : "files"} ${`${lines.get(name)}`.padStart(5)} lines`;
    return `  ${name.padEnd(width)} ${size} -> ${targets.join(", ") || "nothing"}`;
  });
  return `${title}\n${rows.join("\n")}`;
}

/** Lines of code of each room. */
export function linesOfRooms(sources: readonly SourceFile[]): Map<string, number> {
  const lines = new Map<string, number>();
  for (const source of sources) {
    const room = roomOf(source.path);
    lines.set(room, (lines.get(room) ?? 0) + codeLinesOf(source));
  }
  return lines;
}
