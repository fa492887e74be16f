// Knows: that requests under way together are compared step by step with the reference, by the rules of Linux 6.1.
// Must not know: which operations. One file for each kernel, so that two of them run at the same time.

import { compareRequests } from "../support/requests_run.js";

compareRequests("6.1");
