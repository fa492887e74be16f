// Knows: how the rows of buddyinfo, pagetypeinfo and zoneinfo begin: `Node 0, zone   Normal`.
// Must not know: what follows.

const ROW = /(?:^|[\s\]>|])Node\s{1,8}(\d{1,4}), zone\s{1,12}(\w{1,16})/;

export interface ZoneHead {
  readonly node: number;
  readonly zone: string;
  /** Where the rest of the line begins. */
  readonly rest: number;
}

export function zoneHead(text: string): ZoneHead | undefined {
  const at = text.indexOf("Node");
  if (at < 0 || text.length > 2000) return undefined;
  const match = ROW.exec(text.slice(Math.max(0, at - 1), at + 60));
  if (match === null) return undefined;
  return {
    node: Number(match[1]),
    zone: match[2]!,
    rest: Math.max(0, at - 1) + match.index + match[0].length,
  };
}
