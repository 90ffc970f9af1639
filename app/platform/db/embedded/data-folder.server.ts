import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ConfigurationError } from "#app/platform/errors.ts";
import { isReachable, type PostgresBinaries, type PostgresUser } from "./postgres-binaries.server.ts";

export interface DataFolder {
  path: string;
  password: string;
}

/** Outside every home folder: root's data goes here when the user who runs the server cannot reach the project. */
const SHARED_STATE = "/var/lib/dangol";
const PASSWORD_FILE = "dangol.password";

/** The data folder, made with initdb if it is new. Says plainly what is wrong when the folder is something else. */
export function openDataFolder(
  dataDir: string,
  binaries: PostgresBinaries,
  user: PostgresUser | null,
): DataFolder {
  const path = placeOf(dataDir, user);
  if (!isInitialised(path)) initialise(path, binaries, user);
  const version = readFileSync(join(path, "PG_VERSION"), "utf8").trim();
  if (version !== binaries.majorVersion) {
    throw new ConfigurationError(
      `The data folder ${dataDir} is of PostgreSQL ${version}, the embedded server is ${binaries.majorVersion}. ` +
        "Move it away, or set DANGOL_DATA_DIR to another folder.",
    );
  }
  return { path, password: readFileSync(join(path, PASSWORD_FILE), "utf8").trim() };
}

function isInitialised(path: string): boolean {
  if (!existsSync(path) || readdirSync(path).length === 0) return false;
  if (existsSync(join(path, "PG_VERSION")) && existsSync(join(path, PASSWORD_FILE))) return true;
  throw new ConfigurationError(
    `The data folder ${path} is taken by something that is not our PostgreSQL. Set DANGOL_DATA_DIR to another folder.`,
  );
}

/** Where the data really lies: the folder itself, or a reachable one that a link at its place points to. */
function placeOf(dataDir: string, user: PostgresUser | null): string {
  mkdirSync(dirname(dataDir), { recursive: true });
  if (isLink(dataDir)) {
    const target = join(SHARED_STATE, nameOf(dataDir));
    mkdirSync(target, { recursive: true });
    return realpathSync(dataDir);
  }
  if (user === null || existsSync(dataDir) || isReachable(dirname(dataDir))) return dataDir;
  const target = join(SHARED_STATE, nameOf(dataDir));
  // No link means that the folder was cleared since (`--fresh`), so what is left there belongs to nobody.
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  symlinkSync(target, dataDir);
  return target;
}

function nameOf(dataDir: string): string {
  return createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

// initdb works in a sibling that is renamed when all is done: a process killed half-way leaves no half-made folder.
function initialise(path: string, binaries: PostgresBinaries, user: PostgresUser | null): void {
  const staging = `${path}.new`;
  const passwordFile = `${path}.password`;
  const password = randomBytes(18).toString("base64url");
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== null) for (const file of [staging, passwordFile]) chownSync(file, user.uid, user.gid);
  const settings = [
    "--username=dangol",
    "--encoding=UTF8",
    "--locale=C",
    "--auth=scram-sha-256",
    "--no-sync",
  ];
  const result = spawnSync(binaries.initdb, ["-D", staging, `--pwfile=${passwordFile}`, ...settings], {
    ...user,
    cwd: "/",
    encoding: "utf8",
    env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env["PATH"], LC_ALL: "C" },
  });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(staging, { recursive: true, force: true });
    throw new ConfigurationError(
      `initdb could not make ${path}: ${(result.stderr || String(result.error)).trim()}`,
    );
  }
  writeFileSync(join(staging, PASSWORD_FILE), password, { mode: 0o600 });
  rmSync(path, { recursive: true, force: true });
  renameSync(staging, path);
}
