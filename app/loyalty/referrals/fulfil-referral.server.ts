import type { Services } from "#app/services.server.ts";
import { UpstreamRefused, UpstreamUnavailable } from "#app/platform/errors.ts";
import { DiscountCodeBasicCreate } from "#app/platform/shopify/operations/discount-code-basic-create.ts";
import { DiscountNodeByCode } from "#app/platform/shopify/operations/discount-node-by-code.ts";
import { errorOfFailure } from "#app/loyalty/members/gateway-error.ts";
import { addDays, endOfLocalDay, localDate } from "#app/loyalty/program/calendar.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { readMade } from "#app/loyalty/rewards/shopify-code.server.ts";
import { friendDiscountInput, friendOffer } from "./friend-discount.ts";

export interface FulfilReferralResult {
  /**
   * invited: the code works now. refused: Shopify will not make it, or there is nothing to give. unchanged:
   * done before.
   */
  outcome: "invited" | "refused" | "unchanged";
}

interface ReferralToFulfil {
  code: string;
  status: string;
  createdAt: Date;
  currency: string;
  currencyExponent: number;
  timeZone: string;
}

/**
 * Makes the friend's discount with the code that was fixed when the claim was kept. Safe to run any number of
 * times and at once: a code that exists is found, never made twice.
 *
 * @throws UpstreamUnavailable when Shopify's answer is unknown; running it again finishes it
 */
export async function fulfilReferral(
  services: Services,
  payload: { shopId: string; referralId: string },
  _run: { now: Date },
): Promise<FulfilReferralResult> {
  const { shopId, referralId } = payload;
  const referral = await readReferral(services, shopId, referralId);
  if (referral?.status !== "requested") return { outcome: "unchanged" };
  const { settings } = await liveProgram(services.db, shopId);
  const offer = friendOffer(settings.referral, referral);
  if (!offer) return close(services, { shopId, referralId, reason: "referrals_off" });

  const lastDay = addDays(localDate(referral.createdAt, referral.timeZone), settings.referral.codeLifeDays);
  const created = await services.shopify.request(shopId, DiscountCodeBasicCreate, {
    discount: friendDiscountInput({
      code: referral.code,
      offer,
      startsAt: referral.createdAt,
      endsAt: endOfLocalDay(lastDay, referral.timeZone),
    }),
  });
  const made = created.ok ? readMade(created.data.discountCodeBasicCreate) : null;
  if (made?.kind === "made") return open(services, { shopId, referralId, discountGid: made.gid });
  const kind = created.ok ? null : created.failure.kind;
  if (!created.ok && (kind === "throttled" || kind === "unauthorized")) throw errorOfFailure(created.failure);
  // This attempt may have run all the same, or an earlier one: nothing counts before somebody has looked.
  const found = await findDiscount(services, shopId, referral.code);
  if (found !== null) return open(services, { shopId, referralId, discountGid: found });
  if (!created.ok) throw errorOfFailure(created.failure);
  if (made?.kind !== "refused") throw new UpstreamUnavailable("friend_code_unknown", { data: { ...made } });
  services.log.warn("Shopify refused a friend's code.", { shopId, referralId, reason: made.reason });
  return close(services, { shopId, referralId, reason: "shopify_refused" });
}

async function readReferral(
  services: Services,
  shopId: string,
  referralId: string,
): Promise<ReferralToFulfil | null> {
  const [row] = await services.db.query<ReferralToFulfil>(
    `select r.code, r.status, r.created_at as "createdAt", s.currency, s.currency_exponent as "currencyExponent",
            s.time_zone as "timeZone"
       from referral r join shop s on s.shop_id = r.shop_id
      where r.shop_id = $1 and r.referral_id = $2 and s.uninstalled_at is null`,
    [shopId, referralId],
  );
  return row ?? null;
}

async function findDiscount(services: Services, shopId: string, code: string): Promise<string | null> {
  const found = await services.shopify.request(shopId, DiscountNodeByCode, { code });
  if (found.ok) return found.data.codeDiscountNodeByCode?.id ?? null;
  if (found.failure.kind === "refused") throw new UpstreamRefused("discount_lookup_refused");
  throw errorOfFailure(found.failure);
}

async function open(
  services: Services,
  args: { shopId: string; referralId: string; discountGid: string },
): Promise<FulfilReferralResult> {
  const rows = await services.db.query(
    `update referral set status = 'invited', discount_gid = $3
      where shop_id = $1 and referral_id = $2 and status = 'requested' returning referral_id`,
    [args.shopId, args.referralId, args.discountGid],
  );
  return { outcome: rows.length > 0 ? "invited" : "unchanged" };
}

async function close(
  services: Services,
  args: { shopId: string; referralId: string; reason: string },
): Promise<FulfilReferralResult> {
  const rows = await services.db.query(
    `update referral set status = 'refused', reason = $3
      where shop_id = $1 and referral_id = $2 and status = 'requested' returning referral_id`,
    [args.shopId, args.referralId, args.reason],
  );
  return { outcome: rows.length > 0 ? "refused" : "unchanged" };
}
