import type { LoaderFunctionArgs } from "@remix-run/node";
import { readRefs } from "#app/loyalty/insights/resource-title.ts";
import { resourceTitles } from "#app/loyalty/insights/resource-titles.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";

/** What chosen products, variants and collections are called: `?refs=product-1,variant-2`. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const refs = readRefs(new URL(request.url).searchParams.get("refs") ?? "");
  return Response.json(await resourceTitles(services, shopId, refs));
}
