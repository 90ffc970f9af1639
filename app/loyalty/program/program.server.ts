import { Conflict, InvalidInput, NotFound } from "#app/platform/errors.ts";
import type { Queryable, Tx } from "#app/platform/db/database.server.ts";
import { sameForMembers } from "#app/loyalty/members/member-metafields.ts";
import { renewMembers } from "#app/loyalty/members/renew-members.server.ts";
import { sameTierReach } from "#app/loyalty/tiers/tier-reach.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { cacheProgram, cachedProgram } from "./cache-program.ts";
import { defaultSettings } from "./default-settings.ts";
import { recordAudit } from "./record-audit.server.ts";
import type { ProgramSettings } from "./settings.ts";
import { programSettings } from "./settings.ts";

export interface ProgramVersionRow {
  version: number;
  status: "draft" | "live" | "retired";
  settings: ProgramSettings;
  note: string | null;
  createdAt: Date;
  createdBy: string;
  publishedAt: Date | null;
}

const COLUMNS = `version, status, settings, note, created_at as "createdAt", created_by as "createdBy",
  published_at as "publishedAt"`;

/**
 * The program the shop runs now, with the default of every setting that is younger than the version. Parsed once a
 * process for each version (cache-program.ts).
 *
 * @throws NotFound when the shop has none (it was never installed)
 */
export async function liveProgram(
  q: Queryable,
  shopId: string,
): Promise<{ version: number; settings: ProgramSettings }> {
  const [head] = await q.query<ProgramHead>(
    `select version, ${PROGRAM_STAMP} as stamp from program_version p where shop_id = $1 and status = 'live'`,
    [shopId],
  );
  if (!head) throw new NotFound("no_live_program", { data: { shopId } });
  return programOfHead(q, shopId, head);
}

/**
 * Versions of the program, live or not: what orders that they priced go by for ever. One statement where all of them were
 * read before, one more for those that were not; none for none.
 *
 * @throws NotFound when the shop lacks one of them
 */
export async function programVersions(
  q: Queryable,
  shopId: string,
  versions: readonly number[],
): Promise<Map<number, ProgramSettings>> {
  if (versions.length === 0) return new Map();
  const heads = await q.query<ProgramHead>(
    `select version, ${PROGRAM_STAMP} as stamp from program_version p where shop_id = $1 and version = any($2::int[])`,
    [shopId, versions],
  );
  const known = new Map(
    heads.map(({ version, stamp }) => [version, cachedProgram(shopId, version, stamp)?.settings]),
  );
  const unread = heads.filter(({ version }) => !known.get(version)).map(({ version }) => version);
  const rows =
    unread.length === 0
      ? []
      : await q.query<ProgramHead & { settings: unknown }>(
          `select version, settings, ${PROGRAM_STAMP} as stamp from program_version p
            where shop_id = $1 and version = any($2::int[])`,
          [shopId, unread],
        );
  for (const { version, stamp, settings } of rows) {
    known.set(version, cacheProgram(shopId, version, stamp, programSettings.parse(settings)).settings);
  }
  return new Map(
    versions.map((version) => {
      const settings = known.get(version);
      if (!settings) throw new NotFound("no_program_version", { data: { shopId, version } });
      return [version, settings];
    }),
  );
}

/** Which row is the live program: read along with something else, it spares liveProgram its first statement. */
export interface ProgramHead {
  version: number;
  stamp: string;
}

/** What a query that reads a `program_version` as `p` selects for a ProgramHead. */
export const PROGRAM_STAMP = `p.xmin::text || p.ctid::text`;

/** The program of a head that was just read; from memory when it was parsed before. */
export async function programOfHead(
  q: Queryable,
  shopId: string,
  head: ProgramHead,
): Promise<{ version: number; settings: ProgramSettings }> {
  const known = cachedProgram(shopId, head.version, head.stamp);
  if (known) return known;
  const [row] = await q.query<{ settings: unknown; stamp: string }>(
    `select settings, ${PROGRAM_STAMP} as stamp from program_version p where shop_id = $1 and version = $2`,
    [shopId, head.version],
  );
  if (!row) throw new NotFound("no_program_version", { data: { shopId, version: head.version } });
  return cacheProgram(shopId, head.version, row.stamp, programSettings.parse(row.settings));
}

/** A draft, and the stamp that another save of it changes. */
export interface ProgramDraft extends ProgramVersionRow {
  stamp: string;
}

/** The draft, when there is one. */
export async function draftProgram(q: Queryable, shopId: string): Promise<ProgramDraft | null> {
  const [row] = await q.query<ProgramDraft>(
    `select ${COLUMNS}, ${PROGRAM_STAMP} as stamp from program_version p where shop_id = $1 and status = 'draft'`,
    [shopId],
  );
  return row ? withDefaults(row) : null;
}

/** What an editor is looking at: this save of the draft or, where there is none, this version of the live program. */
export function programMark(draft: { stamp: string } | null, live: { version: number }): string {
  return draft?.stamp ?? `live:${live.version}`;
}

/** @param seen the mark that was looked at; undefined where nobody looked */
async function refuseUnseen(
  tx: Tx,
  { shopId, seen }: { shopId: string; seen?: string | undefined },
): Promise<void> {
  if (seen === undefined) return;
  const mark = programMark(await draftProgram(tx, shopId), await liveProgram(tx, shopId));
  if (mark !== seen) throw new Conflict("draft_changed", { data: { seen } });
}

/** Every version, newest first. */
export async function listVersions(q: Queryable, shopId: string): Promise<ProgramVersionRow[]> {
  const rows = await q.query<ProgramVersionRow>(
    `select ${COLUMNS} from program_version where shop_id = $1 order by version desc limit 200`,
    [shopId],
  );
  return rows.map(withDefaults);
}

function withDefaults<Row extends ProgramVersionRow>(row: Row): Row {
  return { ...row, settings: programSettings.parse(row.settings) };
}

/** Gives a shop its first live program; a shop that has one keeps it. Idempotent. */
export async function seedProgram(
  tx: Tx,
  args: { shopId: string; currency: string; currencyExponent: number; now: Date },
): Promise<{ outcome: "seeded" | "kept" }> {
  const rows = await tx.query(
    `insert into program_version (shop_id, version, status, settings, created_at, created_by, published_at)
     select $1, 1, 'live', $2::jsonb, $3, 'system', $3
      where not exists (select from program_version where shop_id = $1)
     on conflict do nothing returning version`,
    [args.shopId, JSON.stringify(programSettings.parse(defaultSettings(args))), args.now],
  );
  return { outcome: rows.length > 0 ? "seeded" : "kept" };
}

/**
 * Keeps the merchant's unpublished changes; one draft a shop, replaced as a whole. Saving what is saved changes nothing.
 *
 * @param args.seen the programMark that was looked at: something else meanwhile is never written over
 * @throws Conflict when another draft is stored than was seen, or another version went live
 * @throws InvalidInput when the settings do not pass the schema (the editor shows its own errors first)
 */
export async function saveDraft(
  tx: Tx,
  args: { shopId: string; settings: unknown; seen?: string; actor: string; now: Date },
): Promise<{ version: number }> {
  const parsed = programSettings.safeParse(args.settings);
  if (!parsed.success) {
    throw new InvalidInput("program_settings", {
      data: { issues: parsed.error.issues.map(({ path, message }) => ({ path, message })) },
    });
  }
  await lockProgram(tx, args.shopId);
  const settings = JSON.stringify(parsed.data);
  const [same] = await tx.query<{ version: number }>(
    `select version from program_version where shop_id = $1 and status = 'draft' and settings = $2::jsonb`,
    [args.shopId, settings],
  );
  if (same) return same;
  await refuseUnseen(tx, args);
  const [row] = await tx.query<{ version: number }>(
    `insert into program_version (shop_id, version, status, settings, created_at, created_by)
     values ($1, (select coalesce(max(version), 0) + 1 from program_version where shop_id = $1), 'draft', $2::jsonb, $3, $4)
     on conflict (shop_id) where status = 'draft'
     do update set settings = excluded.settings, created_at = excluded.created_at, created_by = excluded.created_by
     returning version`,
    [args.shopId, settings, args.now, args.actor],
  );
  return { version: row?.version ?? 0 };
}

/**
 * Forgets the draft. Idempotent.
 *
 * @param args.seen the programMark that was looked at
 * @throws Conflict when another draft is stored than was seen
 */
export async function discardDraft(
  tx: Tx,
  args: { shopId: string; seen?: string },
): Promise<{ outcome: "discarded" | "none" }> {
  await lockProgram(tx, args.shopId);
  if (!(await draftProgram(tx, args.shopId))) return { outcome: "none" };
  await refuseUnseen(tx, args);
  const rows = await tx.query(
    `delete from program_version where shop_id = $1 and status = 'draft' returning version`,
    [args.shopId],
  );
  return { outcome: rows.length > 0 ? "discarded" : "none" };
}

/**
 * Makes the draft the live program from now on; what was awarded before keeps the version it was priced by. Where tiers are
 * reached otherwise than before, a job raises whoever qualifies now; where members are told otherwise, jobs have that written.
 * Publishing the same version twice changes nothing.
 *
 * @param args.version the draft the merchant saw
 * @param args.seen its programMark: another draft meanwhile, or another save of it, is not published unseen
 * @throws Conflict when the draft is another, or gone
 */
export async function publishDraft(
  tx: Tx,
  args: {
    shopId: string;
    version: number;
    seen?: string;
    actor: string;
    now: Date;
    eventId: string;
    note?: string;
  },
): Promise<{ outcome: "published" | "already_live" }> {
  await lockProgram(tx, args.shopId);
  const live = await liveProgram(tx, args.shopId);
  if (live.version === args.version) return { outcome: "already_live" };
  const draft = await draftProgram(tx, args.shopId);
  if (!draft || draft.version !== args.version) {
    throw new Conflict("draft_changed", { data: { version: args.version } });
  }
  await refuseUnseen(tx, args);
  await tx.query(
    `update program_version set status = 'retired', retired_at = $2 where shop_id = $1 and status = 'live'`,
    [args.shopId, args.now],
  );
  await tx.query(
    `update program_version set status = 'live', published_at = $3, note = $4
      where shop_id = $1 and version = $2`,
    [args.shopId, args.version, args.now, args.note ?? null],
  );
  const { shopId } = args;
  if (!sameForMembers(live.settings, draft.settings)) {
    await renewMembers(tx, shopId, `program:${args.version}`);
  }
  if (!sameTierReach(live.settings, draft.settings)) {
    await enqueue(tx, "raise-tiers", { shopId }, { jobKey: `raise-tiers:${shopId}` });
  }
  await recordAudit(tx, {
    shopId: args.shopId,
    eventId: args.eventId,
    at: args.now,
    actor: args.actor,
    action: "program.publish",
    subject: `program:${args.version}`,
    before: { version: live.version },
    after: { version: args.version },
  });
  return { outcome: "published" };
}

/** Drafting and publishing of one shop happen one after the other. */
async function lockProgram(tx: Tx, shopId: string): Promise<void> {
  await tx.query(`select 1 from shop where shop_id = $1 for no key update`, [shopId]);
}
