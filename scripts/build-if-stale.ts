import { spawnSync } from "node:child_process";
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

/** Builds the web app when a source is newer than the build. Returns whether it built; throws with the output if that fails. */
export function buildIfStale(root: string): boolean {
  const built = join(root, BUILT);
  if (existsSync(built) && newestChange(SOURCES.map((path) => join(root, path))) < statSync(built).mtimeMs)
    return false;
  const result = spawnSync(
    process.execPath,
    [join(root, "node_modules/@remix-run/dev/dist/cli.js"), "vite:build"],
    {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NODE_ENV: "production" },
    },
  );
  if (result.status !== 0) throw new Error(`The build failed.\n${result.stdout}\n${result.stderr}`);
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
