import type { Services } from "#app/services.server.ts";

/** The access the shop has granted us, as our offline session says; null when there is none. */
export async function grantedScopes(
  services: Pick<Services, "prisma">,
  shopId: string,
): Promise<string | null> {
  const session = await services.prisma.session.findFirst({
    where: { shop: shopId, isOnline: false },
    select: { scope: true },
  });
  return session?.scope ?? null;
}
