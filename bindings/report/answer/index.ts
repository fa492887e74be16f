// Knows: what other rooms may use of pages. Re-exports only.

export {
  ANSWER_VERSION,
  type AnswerDocument,
  type AnswerKinds,
  type Block,
  type Scene,
  type Still,
} from "./document.js";
export { answerOfExplanation, explanationBlocks } from "./explain.js";
export { embeddableJson, fillAnswer } from "./fill.js";
export { answerOfMatrix } from "./matrix.js";
