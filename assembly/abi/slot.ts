// Knows: what a slot holds that has no page: nothing, a block in swap, what eviction left behind, LACKING, GONE.
// Must not know: whose slot it is, what age is compared with (movement/workingset).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing. In TypeScript words are numbers as Uint32Array has them.
//
//   0                          empty                     pfn + 1, below 2^31   a block
//   SWAPPED - order            swapped out, on a machine without time
//   31 | 30: swapped | 29: was active before | 27..0 age when it was evicted     what is kept of a page of a simulation

/** What a slot holds whose page was swapped out; a block of 2^order pages: SWAPPED - order. */
export const SWAPPED = 0xffff_ffff;
/** Content of a slot whose page was asked for in vain: it is still wanted. What is above says that a block is swapped out. */
export const LACKING = 0xffff_fff0;
/** Content of a slot whose process was killed: nobody wants it. The least of the contents that are no page. */
export const GONE = 0xffff_ffef;

/** The least content that is no page. */
export const NO_PAGE: u32 = 0x8000_0000;
/** The least content of a page of a simulation that is in swap. */
const IN_SWAP: u32 = 0xc000_0000;
const WAS_WORKINGSET: u32 = 0x2000_0000;
const AGE: u32 = 0x0fff_ffff;

/** What eviction leaves in the slot of a page: shadow entry of a file page, or the swapped-out page with its shadow. */
export function evictedContent(isSwapped: bool, wasWorkingset: bool, age: u32): u32 {
  return (isSwapped ? IN_SWAP : NO_PAGE) | (wasWorkingset ? WAS_WORKINGSET : 0) | (age & AGE);
}

export function isSwappedOut(content: u32): bool {
  return content > <u32>LACKING || (content >= IN_SWAP && content < <u32>GONE);
}

/** Order of the block that is swapped out. */
export function swappedOrder(content: u32): i32 {
  return content > <u32>LACKING ? <i32>(<u32>SWAPPED - content) : 0;
}

/** Is it the shadow entry of a file page? */
export function isShadow(content: u32): bool {
  return content >= NO_PAGE && content < IN_SWAP;
}

/** Was the page evicted with its age known? */
export function hasAge(content: u32): bool {
  return content >= NO_PAGE && content < <u32>GONE;
}

/** Pages that were evicted or activated since, where the lists are `now` old. */
export function refaultDistance(content: u32, now: u32): u32 {
  return (now - content) & AGE;
}

export function wasWorkingset(content: u32): bool {
  return (content & WAS_WORKINGSET) != 0;
}
