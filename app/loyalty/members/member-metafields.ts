import { toDecimal } from "#app/loyalty/program/money.ts";
import type { ProgramSettings, Tier } from "#app/loyalty/program/settings.ts";
import { nextTier, tierById } from "#app/loyalty/tiers/tier-at.ts";
import { TIER_UNITS, tierAmount, tierKeep } from "#app/loyalty/tiers/tier-amount.ts";
import { lastDayBefore } from "#app/loyalty/tiers/year-period.ts";

/** What the ledger and our rows say of a member, for the storefront. */
export interface MemberProjection {
  customerId: string;
  state: "active" | "blocked";
  available: number;
  pending: number;
  held: number;
  tierId: string | null;
  tierSince: Date | null;
  tierUntil: Date | null;
  referralCode: string;
  /** Available points by the instant they lapse at, soonest first. */
  expiring: { points: number; expiresAt: Date }[];
  /** What counts towards tiers in the period that runs now, in the unit of the program's basis. */
  progress: number;
  invited: number;
  rewarded: number;
  /** Friends whose reward waits for the merchant; all that the advocate is told of it. */
  reviewing: number;
}

/** What of the program a member's metafields depend on; sameForMembers compares it. */
type MemberProgram = Pick<ProgramSettings, "tiers" | "tierRules" | "rewards" | "referral">;

export interface ProjectionContext {
  settings: MemberProgram;
  currencyExponent: number;
  timeZone: string;
  storefrontUrl: string;
  /** When what counts towards tiers starts anew; null where it never does all at once. */
  periodEnds: Date | null;
  /** Today there; the day a tier was reached is told in the same zone. */
  dayOf: (instant: Date) => string;
}

export interface MetafieldInput {
  ownerId: string;
  namespace: string;
  key: string;
  type: string;
  value: string;
}

/**
 * What the `tier` metafield says when a member has none: an id can never look like it, and blank is refused.
 */
const NO_TIER = "-";
const EXPIRING_DAYS = 6;

/**
 * The member's metafields as Liquid reads them: `customer.metafields['$app'].points`, `.tier` and `.loyalty`.
 */
export function memberMetafields(member: MemberProjection, context: ProjectionContext): MetafieldInput[] {
  const ownerId = `gid://shopify/Customer/${member.customerId}`;
  const tier = tierById(context.settings, member.tierId);
  const field = (key: string, type: string, value: string): MetafieldInput => ({
    ownerId,
    namespace: "$app",
    key,
    type,
    value,
  });
  return [
    field("points", "number_integer", String(member.available)),
    field("tier", "single_line_text_field", tier?.id ?? NO_TIER),
    field("loyalty", "json", JSON.stringify(loyaltyDocument(member, tier, context))),
  ];
}

function loyaltyDocument(member: MemberProjection, tier: Tier | null, context: ProjectionContext) {
  const { settings } = context;
  return {
    v: 1,
    state: member.state === "active" ? "member" : "blocked",
    available: member.available,
    pending: member.pending,
    held: member.held,
    worth: worthOf(member.available, context),
    expiring: member.expiring.slice(0, EXPIRING_DAYS).map(({ points, expiresAt }) => ({
      points,
      on: lastDayBefore(expiresAt, context.timeZone),
    })),
    tier: tier ? tierDocument(member, tier, context) : null,
    referral: settings.referral.enabled
      ? {
          code: member.referralCode,
          url: referralUrl(context.storefrontUrl, member.referralCode),
          invited: member.invited,
          rewarded: member.rewarded,
          ...(member.reviewing > 0 && { reviewing: member.reviewing }),
        }
      : null,
  };
}

function tierDocument(member: MemberProjection, tier: Tier, context: ProjectionContext) {
  const next = nextTier(context.settings, tier.id, member.progress);
  return {
    id: tier.id,
    name: tier.name,
    multiplier: tier.multiplier,
    color: tier.color,
    shape: tier.shape,
    /** What is enough to keep it, where it can be lost. */
    keep: tierKeep(tier, context.settings, context.currencyExponent),
    since: member.tierSince ? context.dayOf(member.tierSince) : null,
    until: member.tierUntil ? lastDayBefore(member.tierUntil, context.timeZone) : null,
    next: next
      ? {
          id: next.tier.id,
          name: next.tier.name,
          unit: TIER_UNITS[context.settings.tierRules.basis],
          remainingMinor: next.remaining,
          remaining: tierAmount(next.remaining, context.settings, context.currencyExponent),
          by: context.periodEnds && lastDayBefore(context.periodEnds, context.timeZone),
        }
      : null,
  };
}

/** A member's points in money, where the program lets them be spent as cash. */
function worthOf(available: number, context: ProjectionContext): string | null {
  const value = cashValue(context.settings);
  if (value === null) return null;
  const minor = BigInt(Math.max(0, available)) * BigInt(value);
  return minor <= BigInt(Number.MAX_SAFE_INTEGER) ? toDecimal(Number(minor), context.currencyExponent) : null;
}

function cashValue({ rewards }: Pick<MemberProgram, "rewards">): number | null {
  const cash = rewards.find((reward) => reward.kind === "cash" && reward.enabled);
  return cash?.kind === "cash" ? cash.pointValueMinor : null;
}

/** Whether two programs tell every member the same. */
export function sameForMembers(one: MemberProgram, other: MemberProgram): boolean {
  return JSON.stringify(toldOf(one)) === JSON.stringify(toldOf(other));
}

function toldOf(settings: MemberProgram): unknown[] {
  return [
    settings.tierRules.basis,
    settings.tierRules.window,
    settings.tiers.map((tier) => [
      tier.id,
      tier.name.en,
      tier.name.ko,
      tier.multiplier,
      tier.color,
      tier.shape,
      tier.thresholdMinor,
      tier.retainMinor,
      tier.invitationOnly,
    ]),
    settings.referral.enabled,
    cashValue(settings),
  ];
}

/** The link a member shares; it opens the shop and names them by their code. */
export function referralUrl(storefrontUrl: string, code: string): string {
  return `${storefrontUrl.replace(/\/+$/u, "")}/?ref=${encodeURIComponent(code)}`;
}
