// The doors of the built package, for the scripts that make documents of it.

export { ClassFlag } from "../../dist/assembly/abi/classes.js";
export * from "../../dist/pageblock.js";
