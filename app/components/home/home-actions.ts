/** What the home page posts; parsed once, at the edge. */
import { z } from "zod";

const key = z.uuid();
const block = z.enum(["on", "off"]);

export const homeAction = z.discriminatedUnion("intent", [
  z.object({ intent: z.literal("theme-blocks"), idempotencyKey: key, widget: block, product: block }),
  z.object({ intent: z.literal("dismiss-guide"), idempotencyKey: key }),
]);
