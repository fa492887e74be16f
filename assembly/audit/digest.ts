// Knows: one number for the whole allocator state: equal states, equal digests, in every build and engine.
// Covers frames, list order, zones, per-CPU sets and pageblock types; not statistics, events, slots, commands.

import { MAX_ZONES } from "../abi/limits";
import { FrameKind } from "../abi/vocabulary";
import { AuditWord, ConfigWord, PcpWord, ZoneWord } from "../abi/words";
import { kindOf, wordOf } from "../frames/frame";
import { isOnLru } from "../frames/lru";
import { blockFrames } from "../frames/pageblock";
import { nextOf } from "../memory/list";
import { AUDIT, CONFIG, config, frames, PAGEBLOCKS, PCPS, ZONES } from "../memory/regions";

function mix(hash: u64, value: u32): u64 {
  const h = (hash ^ <u64>value) * 0xff51_afd7_ed55_8ccd;
  return h ^ (h >> 32);
}

function words(hash: u64, from: usize, count: i32): u64 {
  for (let i = 0; i < count; i++) hash = mix(hash, load<u32>(from + ((<usize>i) << 2)));
  return hash;
}

/** Writes the 64-bit digest into the AUDIT region. */
export function digest(): void {
  let hash: u64 = 0x9e37_79b9_7f4a_7c15;
  hash = words(hash, CONFIG, ConfigWord.RECORD);
  hash = words(hash, ZONES, MAX_ZONES * ZoneWord.COUNT);
  hash = words(hash, PCPS, config(ConfigWord.NR_CPUS) * MAX_ZONES * PcpWord.COUNT);
  const end = frames() << 2;
  for (let link: u32 = 0; link < end; link += 4) {
    const word = wordOf(link);
    if (word == FrameKind.BODY) continue;
    hash = mix(mix(hash, link), word);
    const kind = kindOf(word);
    if (kind == FrameKind.BUDDY || kind == FrameKind.PCP || isOnLru(word)) hash = mix(hash, nextOf(link));
  }
  const blocks = frames() / blockFrames();
  for (let i: u32 = 0; i < blocks; i++) hash = mix(hash, load<u8>(PAGEBLOCKS + <usize>i));
  store<u64>(AUDIT, hash, AuditWord.DIGEST_LOW << 2);
}
