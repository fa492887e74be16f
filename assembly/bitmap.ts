export { findRun } from "./cma/search/index";
export { setRun, clearRun, countRun, lastSet } from "./memory/bits";
