// Knows: that the one page becomes dist/report.html.

import { configOf } from "./single.js";

export default configOf("answer/report.html");
