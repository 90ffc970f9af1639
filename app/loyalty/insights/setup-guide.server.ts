import { z } from "zod";
import type { Queryable } from "#app/platform/db/database.server.ts";

const themeBlocks = z.object({
  widget: z.boolean().optional(),
  product: z.boolean().optional(),
});
const setup = z.object({
  programReviewed: z.boolean().optional(),
  historyChosen: z.boolean().optional(),
  guideDismissed: z.boolean().optional(),
});

/** What the theme said last time, and what the merchant has done of the guide. */
export interface SetupFacts {
  widget: boolean;
  product: boolean;
  programReviewed: boolean;
  /** Whether past orders count has been decided, either way. */
  history: boolean;
  guideDismissed: boolean;
}

/** Reads the set-up guide's facts; unknown keys of an older version are ignored. */
export async function readSetup(q: Queryable, shopId: string): Promise<SetupFacts> {
  const [row] = await q.query<{ themeBlocks: unknown; setup: unknown }>(
    `select theme_blocks as "themeBlocks", setup from shop where shop_id = $1`,
    [shopId],
  );
  const blocks = themeBlocks.safeParse(row?.themeBlocks).data ?? {};
  const done = setup.safeParse(row?.setup).data ?? {};
  return {
    widget: blocks.widget ?? false,
    product: blocks.product ?? false,
    programReviewed: done.programReviewed ?? false,
    history: done.historyChosen ?? false,
    guideDismissed: done.guideDismissed ?? false,
  };
}

/** Remembers what `shopify.app.extensions()` said. Saying the same twice changes nothing. */
export async function saveThemeBlocks(
  q: Queryable,
  args: { shopId: string; widget: boolean; product: boolean },
): Promise<void> {
  await q.query(
    `update shop set theme_blocks = theme_blocks || $2::jsonb where shop_id = $1 and not theme_blocks @> $2::jsonb`,
    [args.shopId, JSON.stringify({ widget: args.widget, product: args.product })],
  );
}

/** Remembers a step of the guide, or that the guide was put away. */
export async function saveSetup(
  q: Queryable,
  args: { shopId: string; step: "programReviewed" | "historyChosen" | "guideDismissed"; done: boolean },
): Promise<void> {
  await q.query(`update shop set setup = setup || $2::jsonb where shop_id = $1 and not setup @> $2::jsonb`, [
    args.shopId,
    JSON.stringify({ [args.step]: args.done }),
  ]);
}
