// Knows: the loads that were measured on a real kernel, the scenario of each, and which of them a cost was fitted to.
// Must not know: what was measured, how anything is run.

/** A load, as a real kernel had it. */
export interface Load {
  /** What the measured tables call it. */
  readonly name: string;
  /** The packaged scenario of it. */
  readonly scenario: string;
  /** Folder of the measured tables. */
  readonly folder: "policytruth" | "pressuretruth";
  /** Step times of this load are in the cost set; the others are untouched by it. */
  readonly isFitted: boolean;
  /** Only the first request of a boot: the later ones meet what an OOM kill left. */
  readonly firstOnly: boolean;
  /** What a measured policy is called here, where the names differ; "": the simulator has no such policy. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Virtual seconds until the last opening of a policy without retries has ended; absent: the scenario's own. */
  readonly untilS?: number;
}

const PINS = {
  folder: "policytruth",
  isFitted: false,
  firstOnly: false,
  untilS: 8,
  // The measured kernel knew its readers by their process: nobody was missed.
  renamed: { quarantine: "quarantine-oracle" },
} as const;
const PRESSURE = { folder: "pressuretruth", isFitted: false, firstOnly: false } as const;

export const LOADS: readonly Load[] = [
  { ...PINS, name: "L70_q2", scenario: "lab-l70-q2", isFitted: true },
  { ...PINS, name: "L30_q4", scenario: "lab-l30-q4" },
  { ...PINS, name: "L05_q12", scenario: "lab-l05-q12" },
  { ...PINS, name: "TIGHT_q4", scenario: "lab-tight-q4" },
  { ...PINS, name: "REUSE_q4", scenario: "lab-reuse-q4" },
  { ...PRESSURE, name: "A_64", scenario: "lab-a-64", isFitted: true },
  { ...PRESSURE, name: "Au_64", scenario: "lab-au-64" },
  { ...PRESSURE, name: "B_64_f410", scenario: "lab-b-64-f410", firstOnly: true },
  { ...PRESSURE, name: "B_64_f430", scenario: "lab-b-64-f430", firstOnly: true },
  {
    ...PRESSURE,
    name: "Bz_64_f520",
    scenario: "lab-bz-64-f520",
    firstOnly: true,
    // The preset gives zram __GFP_CMA, as Android does: that is the measured android-zram.
    renamed: { "android-zram": "android-no-retry", "android-no-retry": "" },
  },
  { ...PRESSURE, name: "C_64_80", scenario: "lab-c-64-80" },
];
