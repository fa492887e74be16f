// Knows: what a kernel says at boot of its version, and which platform a line belongs to.
// Must not know: reservations (reservations.ts), what a version means.

import type { Place } from "../facts.js";
import type { ReaderContext } from "../importer.js";
import { wordAfter } from "../text.js";

const VERSION = /^(\d{1,2}\.\d{1,3}(?:\.\d{1,4})?[-+\w.]{0,60})(?:\s|$)/;

/** True when the line names the kernel. */
export function readVersion(context: ReaderContext, text: string, place: Place): boolean {
  const { facts } = context;
  const version = wordAfter(text, "Linux version ") ?? uname(text) ?? taint(text);
  if (version !== null && /^\d{1,2}\.\d/.test(version)) {
    facts.kernel = setKernel(context, version.slice(0, 80), place);
    return true;
  }
  if (place.line <= 30 && text.length < 80) {
    const bare = VERSION.exec(text);
    // A line of its own that begins with a release, as people paste it ("4.19.40-v7+ Pi3b").
    if (bare !== null && /[a-zA-Z+]/.test(bare[1]!) && bare[1]!.split(".").length > 2)
      facts.kernel = setKernel(context, bare[1]!, place);
  }
  return false;
}

function uname(text: string): string | null {
  if (!text.includes("Linux ")) return null;
  const match = /\bLinux [\w.-]{1,64} (\d{1,2}\.\d{1,3}\.\d{1,4}\S{0,60}) #\d/.exec(text);
  return match?.[1] ?? null;
}

/** The header of a warning: `CPU: 0 PID: 1 Comm: swapper Not tainted 5.10.17-v7l+ #1`. */
function taint(text: string): string | null {
  if (!text.includes("ainted")) return null;
  const match = /\b(?:Not tainted|Tainted: [A-Z ]{1,40}) (\d{1,2}\.\d{1,3}\.\d{1,4}\S{0,60}) /.exec(text);
  return match?.[1] ?? null;
}

function setKernel({ facts, issue }: ReaderContext, version: string, place: Place): string {
  const known = facts.kernel;
  const short = (text: string) => text.split(/[.-]/, 2).join(".");
  if (known !== null && short(known) !== short(version)) {
    issue(
      "warning",
      place.line,
      "two-kernels",
      `the kernel is ${version} here and ${known} before: these logs are not of one moment`,
    );
  }
  return known ?? version;
}

/** What names a platform, in the lines that a reader took; the first row that matches. Adding a platform is adding a row. */
const PLATFORMS: readonly { readonly name: string; readonly words: RegExp }[] = [
  {
    name: "raspberrypi",
    words: /raspberry|\bbcm2[78]|bcm2835|\bvc4\b|vc4[-_:]|rpicam|picamera|\bv3d\b|-v7l?\+|-v8\+|\/rpi\//,
  },
  { name: "imx", words: /\bi\.?mx\d|\bmxc?_|\bmxc[-_ ]|freescale|\bnxp\b|galcore|imx6|imx7|imx8|\bfsl[-_,]/ },
  { name: "rockchip", words: /rockchip|\brk3\d{3}|\brkvdec|\brkisp|\brga\b|\bmpp_|rk_/ },
  { name: "amlogic", words: /amlogic|\bmeson[-_ ]|\bamvideo|\bamvdec|\bmeson\b/ },
  { name: "xilinx", words: /xilinx|zynq|\bpynq|axidma|\bxlnk|\bxlnx|zocl|\bxrt\b/ },
  { name: "jetson", words: /\btegra|nvmap|jetson|nvidia/ },
  { name: "allwinner", words: /allwinner|\bsun\d{1,2}i|cedar|cedrus/ },
  {
    name: "android",
    words: /android|\bdmabuf_dump|surfaceflinger|\bion[_ -]heap|samsung|qcom|mediatek|\bmtk[_ -]/,
  },
];

export function readPlatform({ facts }: ReaderContext, text: string): void {
  if (facts.platform !== null) return;
  const lower = text.slice(0, 300).toLowerCase();
  facts.platform = PLATFORMS.find(({ words }) => words.test(lower))?.name ?? null;
}
