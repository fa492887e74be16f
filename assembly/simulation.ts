// Knows: the exports of the module with time: a machine, and a simulation that drives it. Nothing else.

export * from "./index";
export { begin, run } from "./workload/run";
