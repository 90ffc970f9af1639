import type { Database } from "#app/platform/db/database.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { attributeOrder } from "#app/loyalty/referrals/attribute-order.server.ts";
import { claimReferral } from "#app/loyalty/referrals/claim-referral.server.ts";
import { rewardReferral } from "#app/loyalty/referrals/reward-referral.server.ts";
import { createFakeShopify } from "./fake-shopify.ts";
import { createShop, NOW } from "./ledger-fixtures.ts";
import { balancesOf, joinMember, peopleServices, placeOrder } from "./people-fixtures.ts";
import { changeProgram } from "./rewards-fixtures.ts";

interface Customer {
  id: string;
  email: string | null;
  numberOfOrders: string;
  phone?: string;
  address?: { address1: string; zip: string };
}

/** A shop with an advocate, and a Shopify that knows its customers and codes. */
export async function referralScene(db: Database, change?: (settings: ProgramSettings) => void) {
  const shopId = await createShop(db);
  if (change) await changeProgram(db, shopId, change);
  const customers: Customer[] = [{ id: "1", email: "advocate@example.com", numberOfOrders: "3" }];
  const discounts = new Map<string, string>();
  const node = (customer: Customer | undefined) =>
    customer
      ? {
          id: `gid://shopify/Customer/${customer.id}`,
          numberOfOrders: customer.numberOfOrders,
          defaultEmailAddress: customer.email === null ? null : { emailAddress: customer.email },
          defaultPhoneNumber: customer.phone ? { phoneNumber: customer.phone } : null,
          defaultAddress: customer.address ?? null,
        }
      : null;
  const byGid = (gid: unknown) => node(customers.find(({ id }) => gid === `gid://shopify/Customer/${id}`));
  const shopify = createFakeShopify({
    ReferralClaimCheck: ({ advocateId, friendEmail }) => ({
      advocate: byGid(advocateId),
      friend: node(customers.find(({ email }) => email === friendEmail)),
    }),
    ReferralParties: ({ advocateId, friendId }) => ({ advocate: byGid(advocateId), friend: byGid(friendId) }),
    DiscountCodeBasicCreate: ({ discount }) => {
      const { code } = discount as { code: string };
      if (discounts.has(code)) {
        return {
          discountCodeBasicCreate: {
            codeDiscountNode: null,
            userErrors: [{ code: "TAKEN", field: [], message: "" }],
          },
        };
      }
      discounts.set(code, `gid://shopify/DiscountCodeNode/${discounts.size + 1}`);
      return { discountCodeBasicCreate: { codeDiscountNode: { id: discounts.get(code) }, userErrors: [] } };
    },
    DiscountNodeByCode: ({ code }) => ({
      codeDiscountNodeByCode: discounts.has(code as string)
        ? { id: discounts.get(code as string), codeDiscount: {} }
        : null,
    }),
  });
  const services = peopleServices(db, shopify);
  const advocateId = await joinMember(db, shopId, "1");
  const [advocate] = await db.query<{ code: string }>(
    `select referral_code as code from member where shop_id = $1`,
    [shopId],
  );
  const claim = (email: string, over: { code?: string; ip?: string | null; now?: Date } = {}) =>
    claimReferral(services, { shopId, code: advocate!.code, email, ip: null, now: NOW, ...over });
  const row = async () => {
    const [referral] = await db.query<{
      referralId: string;
      status: string;
      reason: string | null;
      code: string;
    }>(`select referral_id as "referralId", status, reason, code from referral where shop_id = $1`, [shopId]);
    return referral!;
  };
  const settings = async () => (await liveProgram(db, shopId)).settings;
  /** A friend claims, and orders with the code. */
  const order = async (
    over: {
      customerId?: string;
      paid?: boolean;
      undone?: boolean;
      orderId?: string;
      at?: Date;
      code?: string;
    } = {},
  ) => {
    const customerId = over.customerId ?? "2";
    const memberId = await joinMember(db, shopId, customerId);
    const orderId = over.orderId ?? "9001";
    const [known] = await db.query(`select 1 from order_state where shop_id = $1 and order_id = $2`, [
      shopId,
      orderId,
    ]);
    if (!known) await placeOrder(db, { shopId, orderId, memberId, customerId, at: over.at ?? NOW });
    const args = {
      shopId,
      orderId,
      codes: ["SUMMER", over.code ?? (await row()).code.toLowerCase()],
      customerId,
      memberId,
      paid: over.paid ?? true,
      undone: over.undone ?? false,
      now: NOW,
      settings: await settings(),
      occurredAt: over.at ?? NOW,
    };
    await db.transaction((tx) => attributeOrder(tx, args));
    return orderId;
  };
  const reward = async (now = NOW) =>
    rewardReferral(services, { shopId, referralId: (await row()).referralId }, { now });
  const points = () => balancesOf(db, shopId, advocateId);
  return {
    db,
    shopId,
    services,
    shopify,
    customers,
    discounts,
    advocateId,
    advocate: advocate!,
    claim,
    row,
    order,
    reward,
    points,
  };
}
