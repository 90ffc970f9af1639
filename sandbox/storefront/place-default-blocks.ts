import { readBlocks } from "./extension.ts";
import type { World } from "#sandbox/context.ts";
import type { Actions } from "#sandbox/actions/index.ts";

/** Where a merchant would put each of the app's blocks; one that is not listed goes to the home page. */
const TEMPLATES: Record<string, string[]> = {
  "points-on-product": ["product"],
  "tier-badge": ["index", "customers/account"],
  "referral-link": ["index", "customers/account"],
};

/** The theme setting that says the blocks were placed once, so that what a merchant takes off stays off. */
const PLACED_SETTING = "app_blocks_placed";

/**
 * Switches every embed on and puts every section block in its usual place, once, as soon as the app is on the shop.
 * Shopify leaves a new app's blocks off; the demo shops start with them on.
 */
export function ensureDefaultBlocks(
  world: Pick<World, "store" | "app"> & { actions: Actions },
  shop: string,
): void {
  const { theme, installation } = world.store.shop(shop);
  if (installation === null || theme.settings[PLACED_SETTING] === true) return;
  const order = Object.keys(TEMPLATES);
  const blocks = readBlocks(world.app.extensionDir).sort(
    (one, two) => order.indexOf(one.handle) - order.indexOf(two.handle),
  );
  for (const block of blocks) {
    const templates = block.kind === "embed" ? [null] : (TEMPLATES[block.handle] ?? ["index"]);
    for (const template of templates) {
      const exists = theme.blocks.some(
        (placed) => placed.handle === block.handle && placed.template === template,
      );
      if (!exists)
        world.actions.saveThemeBlock(shop, {
          handle: block.handle,
          target: block.kind,
          template,
          enabled: true,
        });
    }
  }
  if (blocks.length === 0) return;
  theme.settings[PLACED_SETTING] = true;
  world.store.changed();
}
