import { spawnSync } from "node:child_process";
import { join } from "node:path";

// `npm run dev`: node's own watcher starts this again after a change under app/, so the page is built anew and the
// server modules, which run as written, are loaded anew. Two seconds; and what runs is what production runs.

const built = spawnSync(
  process.execPath,
  [join(import.meta.dirname, "../node_modules/@remix-run/dev/dist/cli.js"), "vite:build"],
  {
    stdio: ["ignore", "ignore", "inherit"],
  },
);
if (built.status !== 0) process.exit(built.status ?? 1);
await import("../app/main.ts");
