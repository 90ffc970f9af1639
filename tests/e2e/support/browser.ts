import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { findChromium } from "../../../scripts/ensure-chromium.ts";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The installed Chromium, or the one that CHROMIUM_PATH names, with a profile of its own. */
export function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error("No Chromium: `node scripts/ensure-chromium.ts` installs it or says how.");
  return chromium.launch({ executablePath, args: [...ARGS, ...args] });
}
