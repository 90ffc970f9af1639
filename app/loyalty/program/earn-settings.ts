/** What an order earns, as the merchant sets it. Fields added later have defaults, so that stored versions still parse. */
import { z } from "zod";

/** Limits of this section, shared by the schema, the editor and the tests. */
export const EARN_LIMITS = {
  pointsMax: 100_000,
  perMinorMax: 1_000_000_000,
  holdDaysMax: 90,
  rulesMax: 50,
  valuesMax: 250,
  valueMax: 255,
  capMax: 1_000_000_000,
} as const;

/** From the most to the least specific: the first of these that fits a line prices it. */
export const RULE_KINDS = ["variant", "product", "collection", "tag", "vendor"] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** Where an order may come from, as a merchant would say it. */
export const ORDER_SOURCES = ["online", "pos", "draft", "subscription"] as const;
export type OrderSource = (typeof ORDER_SOURCES)[number];

const points = z.int().min(1).max(EARN_LIMITS.pointsMax);
const perMinor = z.int().min(1).max(EARN_LIMITS.perMinorMax);
const idValue = /^[0-9]{1,20}$/;

/** Refused as a whole, since it is one field in the editor. */
const list = z
  .array(z.string().trim())
  .max(EARN_LIMITS.valuesMax)
  .refine((values) => values.every((value) => value.length >= 1 && value.length <= EARN_LIMITS.valueMax), {
    message: "bad_value",
  });
const ids = list.refine((values) => values.every((value) => idValue.test(value)), { message: "not_ids" });

const rule = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/),
    match: z.enum(RULE_KINDS),
    /** Shopify ids in digits (variant, product, collection), or the words themselves (tag, vendor). */
    values: list.refine((values) => values.length > 0, { message: "bad_value" }),
    points,
    perMinor,
  })
  .superRefine((entry, context) => {
    if (entry.match === "tag" || entry.match === "vendor") return;
    if (entry.values.every((value) => idValue.test(value))) return;
    context.addIssue({ code: "custom", path: ["values"], message: "not_ids" });
  });

const cap = z.int().min(1).max(EARN_LIMITS.capMax).nullable();

export const earnSettings = z
  .strictObject({
    /** `points` for every `perMinor` of eligible money, in the shop currency's minor units. */
    points,
    perMinor,
    rounding: z.enum(["down", "nearest", "up"]),
    /** What triggers the award. */
    on: z.enum(["paid", "fulfilled"]),
    /** Days that new points stay pending. */
    holdDays: z.int().min(0).max(EARN_LIMITS.holdDaysMax),
    /** Earn on tax too? Only matters where prices include it; tax on top never earns. */
    includedTax: z.enum(["earns", "excluded"]),
    testOrders: z.boolean(),
    /** Other rates for some goods. The most specific kind wins; within one kind, the first listed. */
    rules: z.array(rule).max(EARN_LIMITS.rulesMax).default([]),
    /** Goods that earn nothing, whatever the rules say. */
    exclude: z
      .strictObject({
        productIds: ids.default([]),
        collectionIds: ids.default([]),
        tags: list.default([]),
        vendors: list.default([]),
      })
      .prefault({}),
    shipping: z.enum(["excluded", "earns"]).default("excluded"),
    /** `money`: what gift cards and store credit paid for earns nothing. */
    tender: z.enum(["money", "all"]).default("money"),
    /** `best_only`: a line earns at the biggest of the tier's and the campaigns' multipliers instead of at all of them. */
    stacking: z.enum(["multiplied", "best_only"]).default("multiplied"),
    caps: z
      .strictObject({ perOrder: cap.default(null), perDay: cap.default(null), perMember: cap.default(null) })
      .prefault({}),
    sources: z
      .strictObject({
        online: z.boolean().default(true),
        pos: z.boolean().default(true),
        draft: z.boolean().default(true),
        subscription: z.boolean().default(true),
      })
      .prefault({}),
  })
  .superRefine((earn, context) => {
    earn.rules.forEach((entry, index) => {
      if (earn.rules.findIndex((other) => other.id === entry.id) !== index) {
        context.addIssue({ code: "custom", path: ["rules", index, "id"], message: "repeated_id" });
      }
    });
    const { perOrder, perDay, perMember } = earn.caps;
    if (perOrder !== null && perDay !== null && perOrder > perDay) {
      context.addIssue({ code: "custom", path: ["caps", "perDay"], message: "cap_order" });
    }
    const inner = perDay ?? perOrder;
    if (inner !== null && perMember !== null && inner > perMember) {
      context.addIssue({ code: "custom", path: ["caps", "perMember"], message: "cap_order" });
    }
    if (!ORDER_SOURCES.some((source) => earn.sources[source])) {
      context.addIssue({ code: "custom", path: ["sources"], message: "no_source" });
    }
  });

export type EarnSettings = z.infer<typeof earnSettings>;
export type EarnRule = EarnSettings["rules"][number];
