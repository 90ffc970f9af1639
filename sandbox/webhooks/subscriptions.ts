import type { AppConfig } from "#sandbox/app-config.ts";
import { isRecord } from "#sandbox/http.ts";
import type { ShopState } from "#sandbox/store/types.ts";

export interface MatchedSubscription {
  id: string | null;
  uri: string;
  name: string | null;
  includeFields: string[];
}

/** Who is told of a topic: those of shopify.app.toml while the app is installed, compliance always, and the API's own. */
export function matchSubscriptions(
  state: ShopState,
  config: AppConfig,
  topic: string,
): MatchedSubscription[] {
  const installed = state.installation !== null;
  const declared = config.subscriptions
    .filter((one) => one.complianceTopics.includes(topic) || (installed && one.topics.includes(topic)))
    .map((one) => ({ id: null, uri: one.uri, name: one.name, includeFields: one.includeFields }));
  const created = [...state.subscriptions.values()]
    .filter((one) => installed && one.topic === topic)
    .map((one) => ({ id: one.id, uri: one.uri, name: one.name, includeFields: one.includeFields }));
  return [...declared, ...created];
}

/** The payload with only the fields a subscription asked for; `a.b` reaches into objects and lists. */
export function trimPayload(payload: unknown, includeFields: readonly string[]): unknown {
  if (includeFields.length === 0) return payload;
  return pick(payload, includeFields);
}

function pick(value: unknown, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => pick(item, paths));
  if (!isRecord(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (paths.includes(key)) kept[key] = inner;
    const deeper = paths
      .filter((path) => path.startsWith(`${key}.`))
      .map((path) => path.slice(key.length + 1));
    if (deeper.length > 0) kept[key] = pick(inner, deeper);
  }
  return kept;
}
