import { readyz } from "#app/platform/http/health.server.ts";
import { getServices } from "#app/services.server.ts";

export const loader = async () => readyz(await getServices());
