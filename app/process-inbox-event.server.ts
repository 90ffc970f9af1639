import type { Services } from "#app/services.server.ts";
export async function processInboxEvent(_services: Services, _payload: { shopId: string; webhookId: string }, _run: { now: Date }): Promise<void> {}
