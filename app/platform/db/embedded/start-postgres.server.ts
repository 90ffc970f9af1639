import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { ConfigurationError } from "#app/platform/errors.ts";
import { openDataFolder, type DataFolder } from "./data-folder.server.ts";
import {
  findPostgresBinaries,
  findPostgresUser,
  type PostgresBinaries,
  type PostgresUser,
} from "./postgres-binaries.server.ts";

export interface EmbeddedPostgres {
  /** Of the database named dangol. */
  url: string;
  port: number;
  /** false: another process of ours started it and will stop it. */
  owned: boolean;
  /** Stops the server if it is ours; safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** null: any free port. */
  port: number | null;
  /** Server settings beside our own, e.g. { fsync: "off" } for a database that may be lost. */
  settings?: Record<string, string>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
/** Held by the process that will stop the server; PostgreSQL frees it when that process dies. */
const OWNER_LOCK = 727_001_984;
/** A server this young may not have been claimed yet by the process that started it. */
const CLAIM_GRACE_MS = 3_000;

/**
 * Starts the embedded server of a data folder, or joins the one that runs there already. A server whose owner was killed is
 * taken over, so that it still stops with us. Throws a ConfigurationError when the port or the folder is taken.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = findPostgresUser();
  const binaries = findPostgresBinaries(user);
  const folder = openDataFolder(options.dataDir, binaries, user);
  const running = await findRunning(folder);
  if (running !== null) return joinRunning(folder, running, options.port);
  return launch(folder, binaries, user, options);
}

interface RunningServer {
  pid: number;
  port: number;
}

/** The live server of this folder, by its pid file. A pid file that a crash left behind is removed. */
async function findRunning(folder: DataFolder): Promise<RunningServer | null> {
  const file = join(folder.path, "postmaster.pid");
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (existsSync(file)) {
    const lines = readFileSync(file, "utf8").split("\n");
    const pid = Number(lines[0]);
    const port = Number(lines[3]);
    if (!isPostgres(pid)) {
      rmSync(file, { force: true });
      return null;
    }
    // Starting or stopping: its fate is known in a moment.
    if (port > 0 && (await canConnect(folder, port))) return { pid, port };
    if (Date.now() > deadline) {
      throw new ConfigurationError(
        `The data folder ${folder.path} is taken by process ${pid}, which does not answer. Stop it, or set DANGOL_DATA_DIR.`,
      );
    }
    await sleep(100);
  }
  return null;
}

function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  // The number may have been given to another program since.
  const commandLine = `/proc/${pid}/cmdline`;
  try {
    return !existsSync("/proc/self/cmdline") || readFileSync(commandLine, "utf8").includes("postgres");
  } catch {
    return false;
  }
}

async function canConnect(folder: DataFolder, port: number): Promise<boolean> {
  const client = new pg.Client({
    connectionString: urlOf(folder, port, "postgres"),
    connectionTimeoutMillis: 2_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function joinRunning(
  folder: DataFolder,
  server: RunningServer,
  wantedPort: number | null,
): Promise<EmbeddedPostgres> {
  if (wantedPort !== null && wantedPort !== 0 && wantedPort !== server.port) {
    throw new ConfigurationError(
      `The data folder ${folder.path} is in use by a server on port ${server.port}, not ${wantedPort} (DANGOL_PG_PORT).`,
    );
  }
  await createDatabase(folder, server.port);
  const owner = await claim(folder, server.port, CLAIM_GRACE_MS);
  if (owner === null)
    return {
      url: urlOf(folder, server.port, "dangol"),
      port: server.port,
      owned: false,
      stop: async () => {},
    };
  const lastResort = () => void interrupt(server.pid);
  process.once("exit", lastResort);
  const stop = stopOnce(owner, async () => {
    process.off("exit", lastResort);
    await stopAndWait(server.pid);
  });
  return { url: urlOf(folder, server.port, "dangol"), port: server.port, owned: true, stop };
}

async function launch(
  folder: DataFolder,
  binaries: PostgresBinaries,
  user: PostgresUser | null,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const port = options.port === null || options.port === 0 ? await freePort() : await checkPort(options.port);
  const child = spawnServer(folder, binaries, user, port, options.settings ?? {});
  const lastResort = () => void child.kill("SIGINT");
  process.once("exit", lastResort);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await untilReady(folder, child, port);
    const owner = await claim(folder, port, 0);
    if (owner === null)
      throw new ConfigurationError(`Another process took over the server in ${folder.path} as it started.`);
    await createDatabase(folder, port);
    const stop = stopOnce(owner, async () => {
      process.off("exit", lastResort);
      child.ref();
      child.kill("SIGINT");
      const impatience = setTimeout(() => void child.kill("SIGQUIT"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(impatience);
    });
    return { url: urlOf(folder, port, "dangol"), port, owned: true, stop };
  } catch (error) {
    child.kill("SIGQUIT");
    throw error;
  }
}

// A session of its own, so that Ctrl-C in the terminal reaches us first and the server stops after the last query.
function spawnServer(
  folder: DataFolder,
  binaries: PostgresBinaries,
  user: PostgresUser | null,
  port: number,
  settings: Record<string, string>,
): ChildProcess {
  const all = { port: String(port), listen_addresses: "127.0.0.1", unix_socket_directories: "", ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(logFileOf(folder), "w");
  try {
    const child = spawn(binaries.postgres, ["-D", folder.path, ...flags], {
      ...user,
      cwd: "/",
      detached: true,
      env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", log, log],
    });
    child.on("error", () => {});
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

function logFileOf(folder: DataFolder): string {
  return `${folder.path}.log`;
}

async function untilReady(folder: DataFolder, child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break;
    if (await canConnect(folder, port)) return;
    await sleep(50);
  }
  const log =
    statSync(logFileOf(folder)).size > 0
      ? readFileSync(logFileOf(folder), "utf8").slice(-2_000).trim()
      : "no log";
  throw new ConfigurationError(
    `The embedded PostgreSQL did not start in ${folder.path} on port ${port}:\n${log}`,
  );
}

/** Takes the owner's lock, on a connection that lives as long as we do; null when another process holds it. */
async function claim(folder: DataFolder, port: number, graceMs: number): Promise<Owner | null> {
  const client = new pg.Client({
    connectionString: urlOf(folder, port, "postgres"),
    application_name: "dangol-owner",
  }) as Owner;
  client.on("error", () => {});
  await client.connect();
  const age = await client.query<{ ms: number }>(
    "select (extract(epoch from now() - pg_postmaster_start_time()) * 1000)::float8 as ms",
  );
  await sleep(Math.max(0, graceMs - (age.rows[0]?.ms ?? 0)));
  const lock = await client.query<{ mine: boolean }>("select pg_try_advisory_lock($1) as mine", [OWNER_LOCK]);
  if (lock.rows[0]?.mine === true) {
    // A script that is done ends without waiting for this connection.
    client.unref();
    return client;
  }
  await client.end();
  return null;
}

/** pg's clients can be told not to keep the process alive, which its types do not say. */
type Owner = pg.Client & { ref(): void; unref(): void };

async function createDatabase(folder: DataFolder, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(folder, port, "postgres") });
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = 'dangol'");
    if (found.rows.length === 0) await client.query("create database dangol");
  } finally {
    await client.end();
  }
}

function stopOnce(owner: Owner, stopServer: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= (async () => {
      owner.ref();
      await owner.end().catch(() => {});
      await stopServer();
    })();
    return stopped;
  };
}

async function stopAndWait(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  if (!interrupt(pid)) return;
  while (Date.now() < deadline && isPostgres(pid)) await sleep(50);
}

/** Asks the server to end its sessions and stop; false when it is gone already. */
function interrupt(pid: number): boolean {
  try {
    return process.kill(pid, "SIGINT");
  } catch {
    return false;
  }
}

function urlOf(folder: DataFolder, port: number, database: string): string {
  return `postgresql://dangol:${encodeURIComponent(folder.password)}@127.0.0.1:${port}/${database}`;
}

function freePort(): Promise<number> {
  return listenOnce(0);
}

async function checkPort(port: number): Promise<number> {
  try {
    return await listenOnce(port);
  } catch (error) {
    throw new ConfigurationError(
      `Port ${port} (DANGOL_PG_PORT) is taken. Choose another, or leave it unset for any free one.`,
      { cause: error },
    );
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(found));
    });
  });
}
