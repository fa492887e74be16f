// Knows: how the arrows between rooms are drawn as text.
// Must not know: which are allowed.

import { roomOf } from "./arrows.js";
import type { SourceFile } from "./sources.js";

/** One line per room, in this order: its files, then the rooms it imports with the number of imports. */
export function renderGraph(title: string, order: readonly string[], sources: readonly SourceFile[]): string {
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
  const lines = names.map((name) => {
    const { files, arrows } = rooms.get(name) ?? { files: 0, arrows: new Map<string, number>() };
    const targets = [...arrows]
      .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
      .map(([to, count]) => `${to} ${count}`);
    const files_ = `${files}`.padStart(3);
    return `  ${name.padEnd(width)} ${files_} ${files === 1 ? "file " : "files"} -> ${targets.join(", ") || "nothing"}`;
  });
  return `${title}\n${lines.join("\n")}`;
}
