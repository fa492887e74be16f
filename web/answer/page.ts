// Knows: that the page begins when it is loaded.

import { start } from "./main.js";

start();
