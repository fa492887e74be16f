// Knows: the numeric types of AssemblyScript, for the leaves of assembly/abi that compute: in TypeScript all are numbers.
// Must not know: what they are used for.

declare type i32 = number;
declare type u32 = number;
declare type bool = boolean;
