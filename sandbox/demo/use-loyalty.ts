import { isRecord } from "#sandbox/http.ts";
import type { DemoBuyer } from "./place-planned.ts";
import { CallFailed } from "./sandbox-client.ts";
import type { ShopClient } from "./sandbox-client.ts";

const POLL_MS = 250;
const PATIENCE_MS = 10_000;

/** A shopper in the storefront, logged in or a guest. */
interface Shopper {
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

async function logIn(client: ShopClient, customerId: string): Promise<Shopper> {
  const answer = await client.storefront("GET", `/account/login-as?customer=${customerId}`);
  const cookie = answer.cookies.map((one) => one.split(";")[0]).join("; ");
  return {
    call: (method, path, body) => client.storefront(method, `/apps/loyalty${path}`, { cookie, body }),
  };
}

function guest(client: ShopClient): Shopper {
  return { call: (method, path, body) => client.storefront(method, `/apps/loyalty${path}`, { body }) };
}

async function poll<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (value !== undefined || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/**
 * The buyer redeems a reward they can afford, the `nth` of them, and uses the code in an order unless it is to be kept.
 * Returns what happened in a word, or undefined when there was nothing to have.
 */
export async function redeemAndUse(
  client: ShopClient,
  buyer: DemoBuyer,
  wish: { key: string; nth: number; use: boolean; lines: { variantId: string; quantity: number }[] },
): Promise<"used" | "kept" | undefined> {
  const shopper = await logIn(client, buyer.id);
  const affordable = await affordableRewards(shopper);
  const reward = affordable[wish.nth % affordable.length];
  if (reward === undefined) return undefined;
  const points = reward["kind"] === "cash" ? { points: 1000 } : {};
  const redeemed = await shopper.call("POST", "/me/redemptions", {
    rewardId: reward["id"],
    ...points,
    idempotencyKey: wish.key,
  });
  if (redeemed.status !== 200 && redeemed.status !== 201) {
    throw new CallFailed(redeemed.status, "redemption", JSON.stringify(redeemed.body).slice(0, 200));
  }
  const code =
    typeof redeemed.body["code"] === "string"
      ? redeemed.body["code"]
      : await codeOf(shopper, redeemed.body["id"]);
  if (code === undefined || !wish.use) return "kept";
  await client.control("POST", "orders", {
    customerId: buyer.id,
    lines: wish.lines,
    discountCodes: [code],
    tags: [wish.key],
    sendReceipt: false,
  });
  return "used";
}

/** What can be had now, read once the balance stands still: orders are settled a moment after their webhooks came. */
async function affordableRewards(shopper: Shopper): Promise<Record<string, unknown>[]> {
  let before: string | undefined;
  const rewards = await poll(async () => {
    const me = await shopper.call("GET", "/me");
    if (me.status !== 200) throw new CallFailed(me.status, "proxy", JSON.stringify(me.body).slice(0, 200));
    const points = JSON.stringify(me.body["points"]);
    if (points !== before) {
      before = points;
      return undefined;
    }
    return listOf(me.body["rewards"]).filter((reward) => reward["affordable"] === true);
  });
  return rewards ?? [];
}

/** The code of a redemption that was still pending when it was answered. */
async function codeOf(shopper: Shopper, redemptionId: unknown): Promise<string | undefined> {
  return poll(async () => {
    const me = await shopper.call("GET", "/me");
    const found = listOf(me.body["codes"]).find((one) => one["id"] === redemptionId);
    return typeof found?.["code"] === "string" && found["status"] === "ready" ? found["code"] : undefined;
  });
}

/** A friend of the advocate claims the referral as a guest, makes an account and places a first order with the code. */
export async function referFriend(
  client: ShopClient,
  advocate: DemoBuyer,
  friend: { email: string; firstName: string; lastName: string; locale: string },
  order: { key: string; lines: { variantId: string; quantity: number }[]; buys: boolean },
): Promise<"bought" | "claimed" | undefined> {
  const me = await (await logIn(client, advocate.id)).call("GET", "/me");
  const referral = me.body["referral"];
  if (!isRecord(referral) || typeof referral["code"] !== "string") return undefined;
  const claim = await guest(client).call("POST", "/referrals/claims", {
    code: referral["code"],
    email: friend.email,
  });
  if (claim.status !== 201 && claim.status !== 200)
    throw new CallFailed(claim.status, "claim", JSON.stringify(claim.body).slice(0, 200));
  if (typeof claim.body["code"] !== "string" || !order.buys) return "claimed";
  const customer = await customerOf(client, friend);
  await client.control("POST", "orders", {
    customerId: customer.id,
    lines: order.lines,
    discountCodes: [claim.body["code"]],
    tags: [order.key],
    sendReceipt: false,
  });
  return "bought";
}

async function customerOf(
  client: ShopClient,
  friend: { email: string; firstName: string; lastName: string; locale: string },
): Promise<{ id: string }> {
  const { customers } = await client.control<{ customers: { id: string; email: string | null }[] }>(
    "GET",
    "customers?limit=1000",
  );
  const known = customers.find((one) => one.email === friend.email);
  if (known !== undefined) return known;
  return (
    await client.control<{ customer: { id: string } }>("POST", "customers", { ...friend, enabled: true })
  ).customer;
}
