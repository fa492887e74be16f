// Knows: a scenario on the smallest device in which every proposal has something to decide: direct I/O in the area,
// memory that is short, a client whose requests sometimes fail.
// Must not know: what is expected of it.

import { type Scenario, scenario } from "../../bindings/scenario/index.js";

export function smallScenario(duration = "400ms"): Scenario {
  return scenario("small")
    .device("tiny")
    .duration(duration)
    .sample("20ms")
    .pressure({ swap: "16MiB" })
    .workload("resident", {
      anon: "40%",
      file: "16%",
      unmovable: "3%",
      reclaimable: "2%",
      interval: "20us",
      batch: 8,
    })
    .workload("direct-io", {
      "queue-depth": 32,
      pages: "16KiB",
      service: "8ms",
      buffers: "10MiB",
      stop: "260ms",
      "fresh-share": "40%",
    })
    .workload("noise")
    .client("camera", {
      area: "reserved",
      pages: "8MiB",
      start: "50ms",
      interval: "60ms",
      hold: "20ms",
      deadline: "5ms",
    })
    .build();
}
