import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { readMember } from "#app/loyalty/insights/read-member.server.ts";
import { readStatementPage } from "#app/loyalty/insights/read-member-page.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { notFound } from "#app/components/shared/admin-replies.server.ts";

const beforeSeq = z.coerce.number().int().min(1).max(2_147_483_647);

/** Older lines of a member's statement. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const memberId = params["memberId"] ?? "";
  const before = beforeSeq.safeParse(new URL(request.url).searchParams.get("before"));
  if (!before.success || !(await readMember(services.db, shopId, memberId))) return notFound();
  return readStatementPage(services.db, { shopId, memberId, before: before.data });
}
