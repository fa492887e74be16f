// Knows: that every sequence of operations on tiny memories agrees with the reference model: Linux 6.12.

import { exploreKernel } from "../support/exhaustive.js";

exploreKernel("6.12");
