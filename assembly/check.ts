// Knows: how much checking this build does; set by the asconfig target alone.
// 0 release: assert() is compiled away. 1 checked: every assert. 2 debug: asserts and unoptimised code.

export const CHECK_LEVEL: i32 = ASC_NO_ASSERT ? 0 : ASC_OPTIMIZE_LEVEL == 0 ? 2 : 1;
