import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const SOURCES = [
  "app/routes",
  "app/components",
  "app/loyalty",
  "app/platform",
  "app/root.tsx",
  "vite.config.ts",
  "package-lock.json",
];
const BUILT = "build/server/index.js";

/**
 * Builds the web app when a source is newer than the build. Resolves to whether it built; rejects with the output if that
 * fails. Does not block: who waits for it still hears signals and neighbours.
 */
export async function buildIfStale(root: string): Promise<boolean> {
  const built = join(root, BUILT);
  if (existsSync(built) && newestChange(SOURCES.map((path) => join(root, path))) < statSync(built).mtimeMs)
    return false;
  const command = [join(root, "node_modules/@remix-run/dev/dist/cli.js"), "vite:build"];
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`The build failed.\n${output}`);
  return true;
}

function newestChange(paths: readonly string[]): number {
  let newest = 0;
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const stats = statSync(path);
    newest = Math.max(newest, stats.mtimeMs);
    if (stats.isDirectory())
      newest = Math.max(newest, newestChange(readdirSync(path).map((name) => join(path, name))));
  }
  return newest;
}
