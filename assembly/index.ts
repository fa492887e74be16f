// Knows: the exports of the module, and nothing else. Numbers only cross; see abi/ for what they mean.

// Audit.
export { classify } from "./audit/classes";
export { digest } from "./audit/digest";
export { validate } from "./audit/validate";
export { execute } from "./command/execute";
// Life: table() once after instantiation, then init() for a new device or attach() for copied memory.
export { attach, checkLevel, init, settle, table } from "./machine";
// Work: operations from the command buffer, or generators that run inside.
export { churn } from "./workload/generators/churn";
export { pattern } from "./workload/generators/pattern";
