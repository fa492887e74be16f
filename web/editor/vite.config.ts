// Knows: that the page with the editor becomes dist/playground.html, a second file: reports are without it.

import { configOf } from "../answer/single.js";

export default configOf("editor/playground.html");
