// Knows: that a tab keeps nothing for seeking more often: heaps after a forced collection, and machines that live.

import type { CDPSession } from "puppeteer-core";
import { expect, it } from "vitest";
import { openTab, pageUrl } from "./tabs.js";

const LENGTH_NS = 4e8;

interface Kept {
  /** Bytes of the heap of the page and of each worker. */
  readonly heap: number;
  /** Bytes that lie outside of it: buffers, memories. */
  readonly outside: number;
  readonly memories: number;
  readonly instances: number;
}

/** Living objects of a built-in class. */
async function living(client: CDPSession, name: string): Promise<number> {
  const objectGroup = "living";
  const { result } = await client.send("Runtime.evaluate", { expression: `${name}.prototype`, objectGroup });
  const { objects } = await client.send("Runtime.queryObjects", {
    prototypeObjectId: result.objectId as string,
    objectGroup,
  });
  const counted = await client.send("Runtime.callFunctionOn", {
    functionDeclaration: "function () { return this.length; }",
    objectId: objects.objectId as string,
    returnByValue: true,
  });
  await client.send("Runtime.releaseObjectGroup", { objectGroup });
  return counted.result.value as number;
}

async function keptBy(clients: readonly CDPSession[]): Promise<Kept> {
  const kept = { heap: 0, outside: 0, memories: 0, instances: 0 };
  for (const client of clients) {
    // Two: what a finaliser lets go of goes with the second.
    await client.send("HeapProfiler.collectGarbage");
    await client.send("HeapProfiler.collectGarbage");
    const usage = (await client.send("Runtime.getHeapUsage")) as {
      usedSize: number;
      backingStorageSize?: number;
    };
    kept.heap += usage.usedSize;
    kept.outside += usage.backingStorageSize ?? 0;
    kept.memories += await living(client, "WebAssembly.Memory");
    kept.instances += await living(client, "WebAssembly.Instance");
  }
  return kept;
}

it("a tab keeps after a hundred seeks what it kept after ten", async () => {
  const tab = await openTab("chrome", pageUrl({ beside: "", painter: "canvas2d" }), ["--no-sandbox"]);
  try {
    // Known to its end: what is kept of a run follows from its length alone.
    await tab.evaluate(`pageblockView.seek(${LENGTH_NS})`);
    const clients = await tab.clients();
    expect(clients.length).toBe(2);
    const seek = (from: number, to: number) =>
      tab.evaluate(`(async () => {
        for (let nth = ${from}; nth < ${to}; nth++) await pageblockView.seek((nth * 37000001) % ${LENGTH_NS});
      })()`);
    await seek(0, 10);
    const ten = await keptBy(clients);
    await seek(10, 100);
    const hundred = await keptBy(clients);
    expect(ten.instances).toBeGreaterThan(0);
    expect([hundred.instances, hundred.memories]).toEqual([ten.instances, ten.memories]);
    // A map is 16 KiB here: ninety of them kept by mistake, are 1.4 MiB.
    expect(hundred.heap - ten.heap).toBeLessThan(300_000);
    expect(hundred.outside - ten.outside).toBeLessThan(300_000);
  } finally {
    await tab.close();
  }
}, 240_000);
