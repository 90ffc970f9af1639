import type { ActionFunctionArgs } from "@remix-run/node";
import { handleWebhook } from "#app/platform/inbox/handle-webhook.server.ts";
import { getServices } from "#app/services.server.ts";

/** Every topic of shopify.app.toml. main.ts answers the same path before Remix; this one serves other hosts of the build. */
export const action = async ({ request }: ActionFunctionArgs) => handleWebhook(await getServices(), request);

export const loader = () => new Response(null, { status: 405, headers: { Allow: "POST" } });
