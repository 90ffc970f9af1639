import { randomInt } from "node:crypto";
import type { World } from "#sandbox/context.ts";
import type { GiftCard, Id, StoreCreditAccount, StoreCreditTransaction } from "#sandbox/store/types.ts";
import { requireCustomer } from "./customers.ts";
import type { GiftCardInput } from "./inputs.ts";
import { refuse } from "./refusal.ts";

const CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
/** Shopify's usual ceiling of a store credit account, in minor units of a two-decimal currency. */
const CREDIT_LIMIT_MINOR = 1_000_000_000;

/** Issues a gift card; refused when its code is taken. */
export function createGiftCard(world: World, shop: string, input: GiftCardInput): GiftCard {
  const state = world.store.shop(shop);
  if (input.initialMinor <= 0)
    refuse(["initialValue"], "Initial value must be greater than 0", "GREATER_THAN");
  const code = (input.code ?? randomCode()).replace(/[\s-]/g, "").toLowerCase();
  if (!/^[a-z0-9]{8,20}$/.test(code)) refuse(["code"], "Code must be 8 to 20 letters and digits", "INVALID");
  if ([...state.giftCards.values()].some((card) => card.code === code))
    refuse(["code"], "Code has already been taken", "TAKEN");
  if (input.customerId) requireCustomer(state, input.customerId);
  const at = world.now().toISOString();
  const card: GiftCard = {
    id: world.store.newId(),
    code,
    currency: state.shop.currency,
    initialMinor: input.initialMinor,
    balanceMinor: input.initialMinor,
    customerId: input.customerId ?? null,
    expiresOn: input.expiresOn ?? null,
    enabled: true,
    note: input.note ?? null,
    createdAt: at,
    updatedAt: at,
  };
  state.giftCards.set(card.id, card);
  world.store.changed();
  return card;
}

/** A usable gift card by its code, spaces and case aside. */
export function findGiftCard(world: World, shop: string, code: string): GiftCard {
  const wanted = code.replace(/[\s-]/g, "").toLowerCase();
  const card = [...world.store.shop(shop).giftCards.values()].find((one) => one.code === wanted);
  if (card === undefined || !card.enabled) refuse(["tenders"], "Gift card code is invalid", "INVALID");
  if (card.expiresOn !== null && card.expiresOn < world.now().toISOString().slice(0, 10)) {
    refuse(["tenders"], "Gift card has expired", "INVALID");
  }
  return card;
}

/** Takes money off a gift card. */
export function spendGiftCard(world: World, shop: string, code: string, amountMinor: number): GiftCard {
  const card = findGiftCard(world, shop, code);
  card.balanceMinor -= amountMinor;
  card.updatedAt = world.now().toISOString();
  return card;
}

/** Gives store credit to a customer, in the shop's currency. Not idempotent, as at Shopify. */
export function creditStoreCredit(
  world: World,
  shop: string,
  customerId: Id,
  amountMinor: number,
  expiresAt: string | null = null,
): StoreCreditAccount {
  if (amountMinor <= 0)
    refuse(
      ["creditInput", "creditAmount", "amount"],
      "A positive amount must be used to credit a store credit account",
      "NEGATIVE_OR_ZERO_AMOUNT",
    );
  if (expiresAt !== null && expiresAt <= world.now().toISOString()) {
    refuse(["creditInput", "expiresAt"], "The expiry date must be in the future", "EXPIRES_AT_IN_PAST");
  }
  const account = accountOf(world, shop, customerId);
  if (account.balanceMinor + amountMinor > CREDIT_LIMIT_MINOR) {
    refuse(
      ["creditInput", "creditAmount", "amount"],
      "The operation would cause the account's credit limit to be exceeded",
      "CREDIT_LIMIT_EXCEEDED",
    );
  }
  post(world, account, { kind: "credit", amountMinor, event: "adjustment", orderId: null, expiresAt });
  return account;
}

/** Takes store credit from a customer. */
export function debitStoreCredit(
  world: World,
  shop: string,
  customerId: Id,
  amountMinor: number,
): StoreCreditAccount {
  if (amountMinor <= 0)
    refuse(
      ["debitInput", "debitAmount", "amount"],
      "A positive amount must be used to debit a store credit account",
      "NEGATIVE_OR_ZERO_AMOUNT",
    );
  const account = accountOf(world, shop, customerId);
  if (account.balanceMinor < amountMinor) {
    refuse(
      ["debitInput", "debitAmount", "amount"],
      "The store credit account does not have sufficient funds to satisfy the request",
      "INSUFFICIENT_FUNDS",
    );
  }
  post(world, account, {
    kind: "debit",
    amountMinor: -amountMinor,
    event: "adjustment",
    orderId: null,
    expiresAt: null,
  });
  return account;
}

/** Pays an order with store credit. */
export function spendStoreCredit(
  world: World,
  shop: string,
  customerId: Id,
  amountMinor: number,
  orderId: Id,
): void {
  const account = accountOf(world, shop, customerId);
  post(world, account, {
    kind: "debit",
    amountMinor: -amountMinor,
    event: "order_payment",
    orderId,
    expiresAt: null,
  });
}

/** Gives a refund as store credit. */
export function refundToStoreCredit(
  world: World,
  shop: string,
  customerId: Id,
  amountMinor: number,
  orderId: Id,
): void {
  const account = accountOf(world, shop, customerId);
  post(world, account, { kind: "credit", amountMinor, event: "order_refund", orderId, expiresAt: null });
}

/** The spendable store credit of a customer in the shop's currency. */
export function storeCreditBalance(world: World, shop: string, customerId: Id): number {
  const state = world.store.shop(shop);
  const account = [...state.storeCredit.values()].find(
    (one) => one.customerId === customerId && one.currency === state.shop.currency,
  );
  return account?.balanceMinor ?? 0;
}

/** The account of a customer in the shop's currency, opened when there is none. */
function accountOf(world: World, shop: string, customerId: Id): StoreCreditAccount {
  const state = world.store.shop(shop);
  requireCustomer(state, customerId);
  const found = [...state.storeCredit.values()].find(
    (one) => one.customerId === customerId && one.currency === state.shop.currency,
  );
  if (found !== undefined) return found;
  const account: StoreCreditAccount = {
    id: world.store.newId(),
    customerId,
    currency: state.shop.currency,
    balanceMinor: 0,
    transactions: [],
  };
  state.storeCredit.set(account.id, account);
  return account;
}

function post(
  world: World,
  account: StoreCreditAccount,
  entry: Omit<StoreCreditTransaction, "id" | "createdAt" | "balanceAfterMinor">,
): void {
  account.balanceMinor += entry.amountMinor;
  account.transactions.push({
    ...entry,
    id: world.store.newId(),
    balanceAfterMinor: account.balanceMinor,
    createdAt: world.now().toISOString(),
  });
  world.store.changed();
}

function randomCode(): string {
  return Array.from({ length: 16 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join("");
}
