import type { LoaderFunctionArgs } from "@remix-run/node";
import { readImport } from "#app/loyalty/importing/points-import.server.ts";
import { reportOf } from "#app/loyalty/importing/write-report.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { json } from "#app/platform/http/reply.server.ts";
import { adminTranslator } from "#app/platform/i18n/admin-translator.ts";

/** The lines of an import that cannot be used, as a file to mend and upload again. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { services, shopId, locale } = await requireAdmin(request);
  const found = await readImport(services.db, shopId, params["importId"] ?? "");
  if (!found) return json({ error: { code: "not_found", message: "not_found" } }, { status: 404 });
  const t = adminTranslator(locale);
  const { importId } = found;
  const body = reportOf(services.db, { shopId, importId, words: (problem) => t(`import.row.${problem}`) });
  return new Response(body, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": 'attachment; filename="dangol-bad-lines.csv"',
      "Cache-Control": "no-store",
    },
  });
}
