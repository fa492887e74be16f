// Knows: the programs that a stranger writes against the installed package, as text.
// Must not know: how they are run.

/** Ten lines of strict TypeScript: the main types, a failure as a value, `using`, the Node entry. */
export const TYPED_PROGRAM = `
import { GFP_HIGHUSER_MOVABLE, Machine, MachineError, MiB, Migratetype, type PresetName, Status } from "pageblock";
import type { Capture } from "pageblock/capture";
import { readCaptureDirectory } from "pageblock/node";
const device: PresetName = "tiny";
using machine: Machine = await Machine.create(device);
const result = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, order: 3 });
if (!result.ok) throw new Error(\`refused: \${result.refusal} in zone \${result.zone}\`);
machine.release(result.pfn, 3);
const refused: Status | undefined = ((): Status | undefined => {
  try { machine.release(result.pfn, 3); } catch (error) { if (error instanceof MachineError) return error.status; }
})();
const read: (directory: string) => Capture = readCaptureDirectory;
const free: Uint32Array = machine.freeList(1, 10, Migratetype.MOVABLE);
console.log(JSON.stringify({ refused, sound: machine.validate().name, free: free.length > 0, MiB: MiB(1), read: typeof read }));
`;

/** Runs in Node and in a browser alike: seeded churns, a batch, copies, a scenario in virtual time. Exports what must be equal everywhere. */
export const DIGESTS_PROGRAM = `
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL, Machine, Op, parseScenario, runScenario, scenarioDigest } from "pageblock";

const SCENARIO = \`
name: everywhere
device: tiny
duration: 150ms
pressure: { swap: 16MiB }
workloads:
  - { kind: resident, anon: 40%, file: 16%, interval: 20us }
  - { kind: direct-io, queue-depth: 64, pages: 16KiB, service: 8ms, service-spread: lognormal, buffers: 14MiB, fresh-share: 40% }
clients:
  - { kind: camera, area: reserved, pages: 8MiB, start: 50ms, interval: 30ms, hold: 10ms }
\`;

function batch(machine) {
  const { commands } = machine;
  commands.clear();
  for (let i = 0; i < 400; i++) commands.push(Op.ALLOCATE, { order: i % 5, a: i % 3 ? GFP_HIGHUSER_MOVABLE : GFP_KERNEL });
  commands.execute();
  const pfns = Array.from({ length: 400 }, (_, i) => commands.pfn(i));
  commands.clear();
  for (let i = 0; i < 400; i += 3) if (pfns[i] > 0) commands.push(Op.RELEASE, { order: i % 5, a: pfns[i] });
  commands.flush("releasing every third");
  return pfns.filter((_, i) => i % 40 === 0);
}

export async function digests() {
  const answer = {};
  for (const [device, steps] of [["tiny", 200_000], ["phone-16g", 30_000]]) {
    const machine = await Machine.create(device);
    const boot = machine.digest();
    const totals = machine.churn({ steps, seed: 20_260_101 });
    const aged = machine.digest();
    const pfns = batch(machine);
    const { errno, pfn, pagesMigrated } = machine.cma.allocate({ area: machine.cma.names[0], pages: 1_000, align: 4 });
    const copy = await Machine.restore(machine.snapshot());
    copy.continueChurn(1_000);
    answer[device] = { boot, totals, aged, pfns, cma: { errno, pfn, pagesMigrated }, batched: machine.digest(), copied: copy.digest(), sound: copy.validate().name };
    for (const each of [machine, copy]) each.dispose();
  }
  const scenario = parseScenario(SCENARIO);
  const { digest, events, requests } = await runScenario(scenario, { seed: 1 });
  answer.scenario = { digest, events, requests: requests.length, read: scenarioDigest(scenario) };
  return answer;
}
`;

/** A page without a bundler: an import map says where the names lie. */
export const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>pageblock</title>
<script type="importmap">
{
  "imports": {
    "pageblock": "/node_modules/pageblock/dist/pageblock.js",
    "#platform": "/node_modules/pageblock/dist/platform.web.js"
  }
}
</script>
`;
