// Knows: the kernel's clamp(): the upper bound is tested first, which shows where the bounds cross (a small zone
// with a large low watermark has high_min > high_max). Pure numbers. Models include/linux/minmax.h.

export function clamp(value: i32, low: i32, high: i32): i32 {
  if (value >= high) return high;
  return value <= low ? low : value;
}
