import type { ShouldRevalidateFunctionArgs } from "@remix-run/react";

/**
 * A page reads its data again after whatever was posted, refusals too: Remix would not after a 4xx, and a refusal mostly
 * means that what is on the screen is no longer what there is.
 */
export function shouldRevalidate(args: ShouldRevalidateFunctionArgs): boolean {
  return args.actionStatus !== undefined || args.defaultShouldRevalidate;
}
