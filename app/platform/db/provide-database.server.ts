import type { Config } from "#app/platform/config/config.ts";
import type { Logger } from "#app/platform/log/logger.server.ts";
import { startEmbeddedPostgres } from "./embedded/start-postgres.server.ts";
import { migrate } from "./migrate.server.ts";

export interface ProvidedDatabase {
  url: string;
  /** Stops the embedded server when it is ours. */
  stop(): Promise<void>;
}

/** The database of this process, migrated: the one of DATABASE_URL, else the embedded server, started or joined. */
export async function provideDatabase(config: Config, log: Logger): Promise<ProvidedDatabase> {
  const { url, sessionUrl, dataDir, embeddedPort } = config.database;
  if (url !== null) {
    await migrate(sessionUrl ?? url);
    return { url, stop: async () => {} };
  }
  const server = await startEmbeddedPostgres({ dataDir, port: embeddedPort });
  log.info(server.owned ? "embedded PostgreSQL is up" : "joined the running embedded PostgreSQL", {
    port: server.port,
  });
  try {
    await migrate(server.url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.url, stop: server.stop };
}
