import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "#app/platform/db/embedded/start-postgres.server.ts";
import { migrate } from "#app/platform/db/migrate.server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The server of this test run; its database dangol_template is migrated and never written to. */
    postgresUrl: string;
  }
}

interface SharedServer {
  users: number;
  started: Promise<{ server: EmbeddedPostgres; folder: string }>;
}

const shared = globalThis as typeof globalThis & { dangolTestPostgres?: SharedServer };

/** One PostgreSQL for the run, whatever number of projects asks for it; a template is migrated once. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mine = (shared.dangolTestPostgres ??= { users: 0, started: start() });
  mine.users += 1;
  const { server } = await mine.started;
  project.provide("postgresUrl", server.url);
  return async () => {
    mine.users -= 1;
    if (mine.users > 0) return;
    delete shared.dangolTestPostgres;
    const { server: last, folder } = await mine.started;
    await last.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function start(): Promise<{ server: EmbeddedPostgres; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "dangol-test-"));
  chmodSync(folder, 0o755);
  // A run that is cut off stops the server as it exits, and leaves nothing of it.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const settings = {
    fsync: "off",
    full_page_writes: "off",
    synchronous_commit: "off",
    max_connections: "200",
  };
  const server = await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), port: null, settings });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query("create database dangol_template");
  await client.end();
  const template = new URL(server.url);
  template.pathname = "/dangol_template";
  await migrate(template.href);
  return { server, folder };
}
