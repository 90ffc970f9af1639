import type { Queryable } from "#app/platform/db/database.server.ts";
import { formatMoney } from "#app/platform/i18n/translate.ts";
import { readBalances } from "#app/loyalty/ledger/statement.server.ts";
import { localDate } from "#app/loyalty/program/calendar.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { readProgress } from "#app/loyalty/tiers/read-progress.server.ts";
import { TIER_UNITS, tierAmount } from "#app/loyalty/tiers/tier-amount.ts";
import { nextTier, tierById } from "#app/loyalty/tiers/tier-at.ts";
import { tierPeriodAt } from "#app/loyalty/tiers/tier-period.ts";
import { lastDayBefore } from "#app/loyalty/tiers/year-period.ts";
import { rewardCatalogue, type CatalogueMember, type MemberReward } from "../catalogue.ts";
import { readCodes, type MemberCode } from "./read-codes.server.ts";
import type { StorefrontCall } from "./storefront-route.server.ts";
import { pointsText } from "#app/platform/i18n/translate.ts";

export interface StorefrontMember {
  memberId: string;
  state: "active" | "blocked" | "merged";
  available: number;
  referralCode: string;
  tierId: string | null;
  tierSince: Date | null;
  tierUntil: Date | null;
}

export interface Me {
  state: "guest" | "member" | "blocked";
  points: {
    available: number;
    pending: number;
    held: number;
    lifetime: number;
    expiring: { points: number; on: string }[];
    /** What the balance is worth in money, in words; null unless points are used as cash. */
    worth: string | null;
  } | null;
  tier: MyTier | null;
  referral: { code: string; url: string; invited: number; rewarded: number } | null;
  rewards: (Omit<MemberReward, "reason"> & { reason: string | null })[];
  codes: MemberCode[];
}

interface MyTier {
  id: string;
  name: string;
  multiplier: string;
  color: string;
  shape: string;
  since: string | null;
  until: string | null;
  /** `unit` is the currency where tiers go by money, else `points` or `orders`. */
  next: { id: string; name: string; remaining: string; unit: string; by: string | null } | null;
}

type MeCall = Pick<StorefrontCall, "services" | "shop" | "locale" | "t" | "now" | "customerId">;

/** The member whom the signed customer id names, or was merged into; null when there is none (yet). Changes nothing. */
export async function findMember(
  q: Queryable,
  shopId: string,
  customerId: string,
): Promise<StorefrontMember | null> {
  const [member] = await q.query<StorefrontMember>(
    `select m.member_id as "memberId", m.state, m.available, m.referral_code as "referralCode", m.tier_id as "tierId",
            m.tier_since as "tierSince", m.tier_until as "tierUntil"
       from member named
       join member m on m.shop_id = $1 and m.member_id = coalesce(named.merged_into, named.member_id)
      where named.shop_id = $1 and named.customer_id = $2`,
    [shopId, customerId],
  );
  return member ?? null;
}

/**
 * Everything the panel shows of the shopper who is logged in. A customer who is not a member yet is shown as one with
 * nothing: reading makes nobody a member.
 */
export async function readMe(call: MeCall): Promise<Me> {
  const { services, shop, customerId } = call;
  const { settings } = await liveProgram(services.db, shop.shopId);
  if (customerId === null) {
    return {
      state: "guest",
      points: null,
      tier: null,
      referral: null,
      rewards: rewardsFor(call, settings, null),
      codes: [],
    };
  }
  const member = await findMember(services.db, shop.shopId, customerId);
  if (!member) return newcomer(call, settings);
  const active = member.state === "active";
  const standing: CatalogueMember = { state: active ? "active" : "blocked", available: member.available };
  return {
    state: active ? "member" : "blocked",
    points: await pointsOf(call, settings, member),
    tier: await tierOf(call, settings, member),
    referral: active && settings.referral.enabled ? await referralOf(call, member) : null,
    rewards: rewardsFor(call, settings, standing),
    codes: await readCodes(services.db, {
      ...call,
      shopId: shop.shopId,
      timeZone: shop.timeZone,
      memberId: member.memberId,
    }),
  };
}

function newcomer(call: MeCall, settings: ProgramSettings): Me {
  const points = {
    available: 0,
    pending: 0,
    held: 0,
    lifetime: 0,
    expiring: [],
    worth: worthOf(call, settings, 0),
  };
  const rewards = rewardsFor(call, settings, { state: "active", available: 0 });
  return { state: "member", points, tier: null, referral: null, rewards, codes: [] };
}

function rewardsFor(
  { locale, shop, t }: MeCall,
  settings: ProgramSettings,
  member: CatalogueMember | null,
): Me["rewards"] {
  return rewardCatalogue(settings, member, locale, shop.currencyExponent).map((reward) => {
    const missing = pointsText(reward.missing, settings.pointsShort, locale);
    return { ...reward, reason: reward.reason === null ? null : t(`reason.${reward.reason}`, { missing }) };
  });
}

async function pointsOf(
  call: MeCall,
  settings: ProgramSettings,
  member: StorefrontMember,
): Promise<Me["points"]> {
  const { services, shop } = call;
  const balances = await readBalances(services.db, shop.shopId, member.memberId);
  if (!balances) return null;
  const { available, pending, held, lifetime } = balances;
  return {
    available,
    pending,
    held,
    lifetime,
    expiring: expiringByDay(balances.expiring, shop.timeZone),
    worth: worthOf(call, settings, available),
  };
}

/** A lot lapses with the end of a day, so the day is the one before the instant. */
function expiringByDay(
  lots: { points: number; expiresAt: Date }[],
  timeZone: string,
): { points: number; on: string }[] {
  const days = new Map<string, number>();
  for (const { points, expiresAt } of lots) {
    const day = lastDayBefore(expiresAt, timeZone);
    days.set(day, (days.get(day) ?? 0) + points);
  }
  return [...days].map(([on, points]) => ({ points, on }));
}

function worthOf({ shop, locale, t }: MeCall, settings: ProgramSettings, available: number): string | null {
  const cash = settings.rewards.find((reward) => reward.kind === "cash" && reward.enabled);
  if (cash?.kind !== "cash" || available <= 0) return null;
  const minor = available * cash.pointValueMinor;
  if (!Number.isSafeInteger(minor)) return null;
  return t("points.worth", { amount: formatMoney(minor, shop.currency, shop.currencyExponent, locale) });
}

async function tierOf(
  call: MeCall,
  settings: ProgramSettings,
  member: StorefrontMember,
): Promise<MyTier | null> {
  const { services, shop, locale, now } = call;
  const tier = tierById(settings, member.tierId) ?? settings.tiers[0];
  if (!tier) return null;
  const { basis, window } = settings.tierRules;
  const period = tierPeriodAt(window, now, shop.timeZone);
  const { shopId } = shop;
  const { current } = await readProgress(services.db, { shopId, memberId: member.memberId, basis, period });
  const next = nextTier(settings, tier.id, current);
  return {
    id: tier.id,
    name: tier.name[locale],
    multiplier: tier.multiplier,
    color: tier.color,
    shape: tier.shape,
    since: member.tierSince && localDate(member.tierSince, shop.timeZone),
    until: member.tierUntil && lastDayBefore(member.tierUntil, shop.timeZone),
    next: next && {
      id: next.tier.id,
      name: next.tier.name[locale],
      remaining: tierAmount(next.remaining, settings, shop.currencyExponent),
      unit: basis === "spent" ? shop.currency : TIER_UNITS[basis],
      by: period.endsAt && lastDayBefore(period.endsAt, shop.timeZone),
    },
  };
}

async function referralOf({ services, shop }: MeCall, member: StorefrontMember): Promise<Me["referral"]> {
  const [counts] = await services.db.query<{ invited: number; rewarded: number }>(
    `select count(*) filter (where status <> 'refused') as invited, count(*) filter (where status = 'rewarded') as rewarded
       from referral where shop_id = $1 and advocate_id = $2`,
    [shop.shopId, member.memberId],
  );
  const code = member.referralCode;
  return {
    code,
    url: referralUrl(shop.storefrontUrl, code),
    invited: counts?.invited ?? 0,
    rewarded: counts?.rewarded ?? 0,
  };
}

function referralUrl(storefrontUrl: string, code: string): string {
  const url = new URL("/", storefrontUrl);
  url.searchParams.set("ref", code);
  return url.href;
}
