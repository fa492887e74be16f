// Knows: config.txt of a Raspberry Pi, as far as it sizes the CMA area, and a bare kernel command line (/proc/cmdline, cmdline.txt).
// Must not know: whether the kernel followed.
//
// Models: overlays vc4-kms-v3d*, vc4-fkms-v3d* with `cma-256` or `cma-size=BYTES`, and `cma`; sections such as [pi4].

import { parseSize } from "../dmesg/reservations.js";
import { MOST, type Place } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";

const OVERLAY =
  /^\s{0,8}dtoverlay\s{0,4}=\s{0,4}((?:vc4-f?kms-v3d|cma)[\w-]{0,20})((?:,[\w=.-]{1,40}){0,12})\s{0,8}$/;
const SECTION = /^\s{0,8}\[([\w=-]{1,40})\]\s{0,8}$/;
/** A command line as /proc/cmdline prints it: words, one of which every kernel gets. */
const COMMAND_LINE = /(?:^|\s)(?:root=|console=|BOOT_IMAGE=|androidboot\.|rootwait\b|coherent_pool=|cma=)/;

class FirmwareReader implements LineReader {
  private section = "all";

  constructor(private readonly context: ReaderContext) {}

  line(text: string, place: Place): boolean {
    const section = SECTION.exec(text.slice(0, 80));
    if (section !== null) {
      this.section = section[1]!;
      return false;
    }
    const overlay = OVERLAY.exec(text.slice(0, 400));
    if (overlay !== null) return this.overlay(overlay[1]!, overlay[2]!.split(",").slice(1), place);
    return this.commandLine(text, place);
  }

  private overlay(name: string, parameters: readonly string[], place: Place): boolean {
    const { wishes } = this.context.facts;
    for (const parameter of parameters) {
      const mebibytes = /^cma-(\d{1,4})$/.exec(parameter);
      const bytes = /^cma-size=(\d{1,12}|0x[0-9a-fA-F]{1,9})$/.exec(parameter);
      const value = mebibytes === null ? Number(bytes?.[1] ?? Number.NaN) : Number(mebibytes[1]) * 2 ** 20;
      if (Number.isNaN(value) || wishes.length >= MOST) continue;
      wishes.push({ place, bytes: value, text: `dtoverlay=${name},${parameter}`, section: this.section });
    }
    return true;
  }

  private commandLine(text: string, place: Place): boolean {
    if (text.length > 8192 || /[Cc]ommand line:|^\s{0,8}#|[;{}]/.test(text)) return false;
    if (!COMMAND_LINE.test(text)) return false;
    const words = text.trim().split(/\s+/, 400);
    const isLine =
      words.every((word) => /^[\w.,:@/+*"'()[\]%&=-]{1,400}$/.test(word)) &&
      words.some((word) => word.includes("="));
    const asked = words.findLast((word) => /^cma=\d/.test(word));
    const isAlone = words.length === 1 && asked !== undefined;
    if (!isLine || (words.length < 3 && !isAlone)) return false;
    const bytes = asked === undefined ? null : parseSize(asked.slice(4));
    const { reservations } = this.context.facts;
    if (bytes !== null && reservations.length < MOST)
      reservations.push({ place, kind: "cmdline", bytes, address: null, name: "cma=", reason: null });
    return true;
  }
}

export const firmwareImporter: Importer = {
  id: "firmware",
  title: "config.txt and the kernel's command line",
  open: (context) => new FirmwareReader(context),
};
