import { spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, expect, test } from "vitest";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "#app/platform/db/embedded/start-postgres.server.ts";
import { ConfigurationError } from "#app/platform/errors.ts";

const isRoot = process.getuid?.() === 0;
const folders: string[] = [];
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  for (const server of servers.splice(0).toReversed()) await server.stop();
  for (const folder of folders.splice(0)) {
    const dataDir = join(folder, "postgres");
    if (existsSync(dataDir)) {
      const place = realpathSync(dataDir);
      for (const path of [place, `${place}.log`]) rmSync(path, { recursive: true, force: true });
    }
    rmSync(folder, { recursive: true, force: true });
  }
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

function newFolder(mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), "dangol-embedded-"));
  chmodSync(folder, mode);
  folders.push(folder);
  return join(folder, "postgres");
}

async function start(dataDir: string, port: number | null = null): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, port });
  servers.push(server);
  return server;
}

/** The same in another process, which can be killed. */
async function startElsewhere(
  dataDir: string,
  as: { uid?: number; gid?: number } = {},
): Promise<{ child: ChildProcess; url: string; owned: boolean }> {
  const child = spawn(process.execPath, [resolve("tests/support/hold-postgres.ts"), dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
    ...as,
  });
  children.push(child);
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as { url: string; owned: boolean }) };
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ answer: unknown }>(sql)).rows[0]?.answer;
  } finally {
    await client.end();
  }
}

const pidOf = (dataDir: string) =>
  Number(readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n")[0]);

async function gone(pid: number): Promise<boolean> {
  for (let wait = 0; wait < 100; wait += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(50);
  }
  return false;
}

test("starts PostgreSQL 18 on a free port, keeps its data over a restart, and stops for good", async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  expect(first.owned).toBe(true);
  expect(await ask(first.url, "select current_setting('server_version_num')::int / 10000 as answer")).toBe(
    18,
  );
  await ask(first.url, "create table kept as select 42 as answer");
  const pid = pidOf(dataDir);
  await first.stop();
  expect(await gone(pid)).toBe(true);
  const second = await start(dataDir);
  expect(await ask(second.url, "select answer from kept")).toBe(42);
});

test("a second process joins the running server, and leaves it running when it ends", async () => {
  const dataDir = newFolder();
  const owner = await startElsewhere(dataDir);
  const guest = await start(dataDir);
  expect(guest).toMatchObject({ url: owner.url, owned: false });
  await guest.stop();
  expect(await ask(owner.url, "select 1 as answer")).toBe(1);
  const pid = pidOf(dataDir);
  owner.child.kill("SIGTERM");
  expect(await gone(pid)).toBe(true);
});

test("a server whose owner was killed is taken over, and stops with the one who took it", async () => {
  const dataDir = newFolder();
  const { child } = await startElsewhere(dataDir);
  child.kill("SIGKILL");
  await once(child, "exit");
  const heir = await start(dataDir);
  expect(heir.owned).toBe(true);
  const pid = pidOf(dataDir);
  await heir.stop();
  expect(await gone(pid)).toBe(true);
});

test("the pid file of a server that was killed is no obstacle, not even when another program has its number now", async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  const stale = readFileSync(join(dataDir, "postmaster.pid"), "utf8");
  process.kill(pidOf(dataDir), "SIGKILL");
  await sleep(200);
  const second = await start(dataDir);
  expect(await ask(second.url, "select 1 as answer")).toBe(1);
  await Promise.all([first.stop(), second.stop()]);
  writeFileSync(join(dataDir, "postmaster.pid"), stale.replace(/^\d+/u, String(process.pid)));
  const third = await start(dataDir);
  expect(await ask(third.url, "select 1 as answer")).toBe(1);
});

test("a port that is taken is named, with what to do", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await expect(start(newFolder(), port)).rejects.toThrow(
    new RegExp(`Port ${port} \\(DANGOL_PG_PORT\\) is taken`, "u"),
  );
  server.close();
});

test("a folder that holds something else is left alone", async () => {
  const dataDir = newFolder();
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, "thesis.txt"), "ten years of work");
  const failure = await start(dataDir).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(String(failure)).toContain("is taken by something that is not our PostgreSQL");
  expect(readFileSync(join(dataDir, "thesis.txt"), "utf8")).toBe("ten years of work");
});

test.runIf(isRoot)(
  "works for root under a folder that nobody else may enter, and starts anew after it was cleared",
  async () => {
    const dataDir = newFolder(0o700);
    const first = await start(dataDir);
    await ask(first.url, "create table kept as select 42 as answer");
    await first.stop();
    const second = await start(dataDir);
    expect(await ask(second.url, "select answer from kept")).toBe(42);
    await second.stop();
    rmSync(dataDir, { recursive: true });
    const third = await start(dataDir);
    await expect(ask(third.url, "select answer from kept")).rejects.toThrow(/does not exist/u);
  },
);

test.runIf(isRoot)("works for a plain user", async () => {
  const dataDir = newFolder();
  chownSync(resolve(dataDir, ".."), 65_534, 65_534);
  const { url, owned } = await startElsewhere(dataDir, { uid: 65_534, gid: 65_534 });
  expect(owned).toBe(true);
  expect(await ask(url, "select 1 as answer")).toBe(1);
  expect(existsSync(join(dataDir, "PG_VERSION"))).toBe(true);
});
