/** The set-up guide: what is done, and where to go for what is not. */
import type { SetupFacts } from "#app/loyalty/insights/setup-guide.server.ts";

/** File names of the theme extension's blocks; their settings are saved under them, so they never change. */
export const WIDGET_BLOCK = "points-widget";
export const PRODUCT_BLOCK = "points-on-product";

export type StepId = "program" | "history" | "widget" | "product";

export interface SetupStep {
  id: StepId;
  done: boolean;
  /** Within the app, or the theme editor. */
  url: string;
  external: boolean;
}

/** The steps in the order they are best taken. */
export function setupSteps(facts: SetupFacts, context: { shopId: string; apiKey: string }): SetupStep[] {
  const editor = `https://${context.shopId}/admin/themes/current/editor`;
  const key = encodeURIComponent(context.apiKey);
  return [
    { id: "program", done: facts.programReviewed, url: "/app/program", external: false },
    { id: "history", done: facts.history, url: "/app/history", external: false },
    {
      id: "widget",
      done: facts.widget,
      url: `${editor}?context=apps&template=index&activateAppId=${key}/${WIDGET_BLOCK}`,
      external: true,
    },
    {
      id: "product",
      done: facts.product,
      url: `${editor}?template=product&addAppBlockId=${key}/${PRODUCT_BLOCK}&target=mainSection`,
      external: true,
    },
  ];
}

/** What `shopify.app.extensions()` answers with, as far as we read it. */
export interface ExtensionReport {
  type: string;
  activations: readonly object[];
}

/** Whether the two blocks of the guide are on a theme. */
export function blocksOn(extensions: readonly ExtensionReport[]): { widget: boolean; product: boolean } {
  const on = (handle: string): boolean =>
    extensions.some(
      (extension) =>
        extension.type === "theme_app_extension" &&
        extension.activations.some((block) => isActive(block, handle)),
    );
  return { widget: on(WIDGET_BLOCK), product: on(PRODUCT_BLOCK) };
}

function isActive(
  block: { handle?: unknown; status?: unknown; activations?: unknown },
  handle: string,
): boolean {
  const placed = !Array.isArray(block.activations) || block.activations.length > 0;
  return block.handle === handle && block.status === "active" && placed;
}
