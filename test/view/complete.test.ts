// Knows: what the editor offers at a place of a scenario's text.
// Must not know: the editor.

import { describe, expect, it } from "vitest";
import { scenarioSchema } from "../../bindings/scenario/json_schema.js";
import { offersAt, type Schema, spotOf } from "../../web/editor/complete.js";

function offered(text: string): string[] {
  const { path, kind } = spotOf(text);
  return offersAt(scenarioSchema() as Schema, path, kind).map(({ label }) => label);
}

describe("the editor offers", () => {
  it("keys of the scenario at its beginning", () => {
    expect(offered("name: a\n")).toEqual(
      expect.arrayContaining(["device", "duration", "workloads", "clients"]),
    );
    expect(offered("name: a\n")).not.toContain("kind");
  });

  it("keys of a group", () => {
    expect(offered("name: a\npressure:\n  ")).toContain("swap");
    expect(offered("pressure: { sw")).toContain("swap");
  });

  it("kinds of actors, and of a kind its own numbers alone", () => {
    expect(offered("workloads:\n  - kind: ")).toEqual(expect.arrayContaining(["resident", "direct-io"]));
    const own = offered("workloads:\n  - kind: direct-io\n    ");
    expect(own).toContain("queue-depth");
    expect(own).not.toContain("anon");
    expect(offered("workloads:\n  - { kind: resident, ")).toContain("anon");
    expect(offered("workloads:\n  - kind: slab\n  - kind: resident\n    ")).not.toContain("queue-depth");
  });
});
