import type { Database } from "#app/platform/db/database.server.ts";
import { hasQueue, pendingMigrations } from "#app/platform/db/migrate.server.ts";
import { json } from "./reply.server.ts";

const CHECK_TIMEOUT_MS = 2_000;

/** 200 while the process serves. */
export function healthz(): Response {
  return json({ status: "ok" });
}

/** 200 when the database answers and is migrated; else 503 and why. */
export async function readyz({ db }: { db: Database }): Promise<Response> {
  const problem = await Promise.race([findProblem(db), timeout()]);
  return problem === null
    ? json({ status: "ready" })
    : json({ status: "not_ready", ...problem }, { status: 503 });
}

interface Problem {
  reason: "database_unreachable" | "migrations_pending" | "queue_missing";
  migrations?: string[];
}

async function findProblem(db: Database): Promise<Problem | null> {
  try {
    const migrations = await pendingMigrations(db);
    if (migrations.length > 0) return { reason: "migrations_pending", migrations };
    return (await hasQueue(db)) ? null : { reason: "queue_missing" };
  } catch {
    return { reason: "database_unreachable" };
  }
}

function timeout(): Promise<Problem> {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ reason: "database_unreachable" }), CHECK_TIMEOUT_MS).unref();
  });
}
