import type { Services } from "#app/services.server.ts";
import { applyImport, runImport } from "./run-import.server.ts";
import type { ResolveContacts } from "./resolve-contacts.server.ts";
import { type StageResult, stageImport } from "./stage-import.server.ts";

/**
 * A whole import in one call: reads the file, does the dry run and posts. For the benchmarks and for scripts, which
 * bring their own way of finding customers.
 */
export async function importCsv(
  services: Services,
  args: {
    shopId: string;
    bytes: AsyncIterable<Uint8Array>;
    fileName: string;
    reason: string;
    allowDebt?: boolean;
    actor: string;
    now: Date;
    resolve: ResolveContacts;
  },
): Promise<StageResult> {
  const { shopId, now, actor, resolve } = args;
  const staged = await stageImport(services, args);
  if (staged.outcome === "refused") return staged;
  const { importId } = staged;
  await runImport(services, { shopId, importId }, { now }, resolve);
  await applyImport(services, { shopId, importId, actor, now });
  await runImport(services, { shopId, importId }, { now }, resolve);
  return staged;
}
