import { healthz } from "#app/platform/http/health.server.ts";

export const loader = () => healthz();
