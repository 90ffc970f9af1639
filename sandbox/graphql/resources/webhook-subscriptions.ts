import { refuse } from "#sandbox/actions/refusal.ts";
import type { ApiSubscription } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers, Source } from "../api.ts";
import { sortedConnection } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { dateTime, idArg, objectArg, textArg, textsArg } from "../values.ts";

/** The topics that the sandbox sends, besides the compliance ones, which cannot be subscribed to through the API. */
export const SENT_TOPICS = [
  "orders/create",
  "orders/paid",
  "orders/updated",
  "orders/edited",
  "orders/cancelled",
  "orders/fulfilled",
  "orders/partially_fulfilled",
  "order_transactions/create",
  "refunds/create",
  "customers/create",
  "customers/update",
  "customers/delete",
  "customers/enable",
  "customers/merge",
  "products/create",
  "products/update",
  "products/delete",
  "collections/create",
  "collections/update",
  "discounts/create",
  "discounts/update",
  "discounts/delete",
  "discounts/redeemcode_added",
  "app/uninstalled",
  "app/scopes_update",
  "shop/update",
  "bulk_operations/finish",
] as const;

const BY_ENUM = new Map<string, string>(SENT_TOPICS.map((topic) => [enumOf(topic), topic]));

function enumOf(topic: string): string {
  return topic.toUpperCase().replace("/", "_");
}

/** A subscription made through the Admin API. */
export function subscriptionNode(subscription: ApiSubscription): Source {
  return {
    __typename: "WebhookSubscription",
    id: gid("WebhookSubscription", subscription.id),
    legacyResourceId: subscription.id,
    topic: enumOf(subscription.topic),
    uri: subscription.uri,
    callbackUrl: subscription.uri,
    endpoint: { __typename: "WebhookHttpEndpoint", callbackUrl: subscription.uri },
    apiVersion: { handle: "2026-10", displayName: "2026-10", supported: true },
    format: subscription.format,
    includeFields: subscription.includeFields,
    filter: subscription.filter,
    metafieldNamespaces: [],
    metafields: [],
    name: subscription.name,
    createdAt: dateTime(subscription.createdAt),
    updatedAt: dateTime(subscription.updatedAt),
  };
}

export const subscriptionQueries: Resolvers = {
  webhookSubscriptions: (args, api) => {
    const topics = textsArg(args, "topics");
    const all = [...api.state.subscriptions.values()].filter(
      (one) => topics === undefined || topics.includes(enumOf(one.topic)),
    );
    return sortedConnection(
      all,
      args,
      (one) => [one.id, one.id],
      (one) => subscriptionNode(one),
    );
  },
  webhookSubscription: (args, api) => {
    const subscription = api.state.subscriptions.get(idArg(args, "id", "WebhookSubscription"));
    return subscription === undefined ? null : subscriptionNode(subscription);
  },
};

function create(api: Api, args: Args): ApiSubscription {
  const input = objectArg(args, "webhookSubscription");
  const topic =
    BY_ENUM.get(textArg(args, "topic") ?? "") ??
    refuse(["topic"], "The sandbox never sends this topic", "INVALID");
  const uri = textArg(input, "uri") ?? textArg(input, "callbackUrl") ?? "";
  if (!URL.canParse(uri)) refuse(["webhookSubscription", "uri"], "Address is invalid", "INVALID");
  if (textArg(input, "filter") !== undefined)
    refuse(["webhookSubscription", "filter"], "The sandbox does not filter deliveries", "INVALID");
  for (const one of api.state.subscriptions.values()) {
    if (one.topic === topic && one.uri === uri)
      refuse(
        ["webhookSubscription", "callbackUrl"],
        "Address for this topic has already been taken",
        "TAKEN",
      );
  }
  const at = api.sandbox.now().toISOString();
  const subscription: ApiSubscription = {
    id: api.sandbox.store.newId(),
    topic,
    uri,
    format: "JSON",
    includeFields: textsArg(input, "includeFields") ?? [],
    filter: null,
    name: textArg(input, "name") ?? null,
    createdAt: at,
    updatedAt: at,
    consecutiveFailures: 0,
  };
  api.state.subscriptions.set(subscription.id, subscription);
  api.sandbox.store.changed();
  return subscription;
}

export const subscriptionMutations: Resolvers = {
  webhookSubscriptionCreate: (args, api, info) =>
    mutate(info, [], () => ({ webhookSubscription: subscriptionNode(create(api, args)) })),
  webhookSubscriptionDelete: (args, api, info) =>
    mutate(info, [], () => {
      const id = idArg(args, "id", "WebhookSubscription");
      if (!api.state.subscriptions.delete(id))
        refuse(["id"], "Webhook subscription does not exist", "NOT_FOUND");
      api.sandbox.store.changed();
      return { deletedWebhookSubscriptionId: gid("WebhookSubscription", id) };
    }),
};
