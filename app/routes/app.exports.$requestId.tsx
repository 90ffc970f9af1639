import type { LoaderFunctionArgs } from "@remix-run/node";
import { takeExport } from "#app/loyalty/insights/read-activity.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { json } from "#app/platform/http/reply.server.ts";

/** The answer to a customer's data request, as a file. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const requestId = params["requestId"] ?? "";
  const document = await takeExport(services.db, { shopId, requestId, now: services.now() });
  if (document === null) return json({ error: { code: "not_found", message: "not_found" } }, { status: 404 });
  return json(document, {
    headers: { "Content-Disposition": 'attachment; filename="dangol-customer-data.json"' },
  });
}
