/**
 * Makes sure of a Chromium for the browser tests: CHROMIUM_PATH, an installed one, or Debian's package when we may install
 * it. Fonts come along, since half of the screens are Korean.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const KNOWN = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser's path; throws with what to do when there is none. */
export function findChromium(): string | undefined {
  const asked = process.env["CHROMIUM_PATH"];
  return [...(asked ? [asked] : []), ...KNOWN].find((path) => existsSync(path));
}

function run(command: string, args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: "inherit", env }).status === 0;
}

if (import.meta.main && !findChromium()) {
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  const installed =
    mayInstall &&
    run("apt-get", ["update", "-qq"]) &&
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"]);
  if (!installed || !findChromium()) {
    console.error("The browser tests need Chromium: install it, or set CHROMIUM_PATH to one.");
    process.exit(1);
  }
}
