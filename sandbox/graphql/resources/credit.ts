import { refuse } from "#sandbox/actions/refusal.ts";
import { parseGid } from "#sandbox/gid.ts";
import { parseMinor } from "#sandbox/money.ts";
import type { GiftCard, Id } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers, Source } from "../api.ts";
import { sortedConnection } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { dateTime, idArg, minorOf, money, objectArg, textArg } from "../values.ts";
import { customerNode, storeCreditNode, storeCreditTransactionNode } from "./customer-node.ts";

/** A gift card; its code is shown once, by the mutation that makes it. */
export function giftCardNode(api: Api, card: GiftCard): Source {
  const customer = card.customerId === null ? undefined : api.state.customers.get(card.customerId);
  return {
    __typename: "GiftCard",
    id: gid("GiftCard", card.id),
    balance: money(card.balanceMinor, card.currency),
    initialValue: money(card.initialMinor, card.currency),
    enabled: card.enabled,
    isRedeemable: card.enabled && card.balanceMinor > 0,
    expiresOn: card.expiresOn,
    lastCharacters: card.code.slice(-4),
    maskedCode: `•••• •••• •••• ${card.code.slice(-4)}`,
    note: card.note,
    createdAt: dateTime(card.createdAt),
    updatedAt: dateTime(card.updatedAt),
    deactivatedAt: null,
    order: null,
    customer: () => (customer === undefined ? null : customerNode(api, customer)),
  };
}

export const creditQueries: Resolvers = {
  giftCard: (args, api) => {
    const card = api.state.giftCards.get(idArg(args, "id", "GiftCard"));
    return card === undefined ? null : giftCardNode(api, card);
  },
  giftCards: (args, api) =>
    sortedConnection(
      [...api.state.giftCards.values()],
      args,
      (one) => [one.id, one.id],
      (one) => giftCardNode(api, one),
    ),
  storeCreditAccount: (args, api) => {
    const account = api.state.storeCredit.get(idArg(args, "id", "StoreCreditAccount"));
    return account === undefined ? null : storeCreditNode(api, account);
  },
};

/** The owner meant by a customer's or an account's gid. */
function ownerOf(api: Api, args: Args): Id {
  const given = parseGid(textArg(args, "id") ?? "");
  if (given?.type === "Customer") {
    return api.state.customers.has(given.id)
      ? given.id
      : refuse(["id"], "The owner does not exist.", "OWNER_NOT_FOUND");
  }
  const account = given?.type === "StoreCreditAccount" ? api.state.storeCredit.get(given.id) : undefined;
  return (
    account?.customerId ?? refuse(["id"], "The store credit account could not be found.", "ACCOUNT_NOT_FOUND")
  );
}

function amountOf(api: Api, input: Args, name: string, field: string[]): number {
  const amount = objectArg(input, name);
  if (amount["currencyCode"] !== api.state.shop.currency) {
    refuse(
      [...field, name, "currencyCode"],
      "The currency provided does not match the currency of the store credit account",
      "MISMATCHING_CURRENCY",
    );
  }
  return minorOf(amount["amount"], api.state.shop.currency);
}

function lastTransaction(api: Api, customerId: Id): Source | null {
  const account = [...api.state.storeCredit.values()].find((one) => one.customerId === customerId);
  const transaction = account?.transactions.at(-1);
  return account === undefined || transaction === undefined
    ? null
    : storeCreditTransactionNode(api, account, transaction);
}

export const creditMutations: Resolvers = {
  giftCardCreate: (args, api, info) => {
    const input = objectArg(args, "input");
    return mutate(info, ["input"], () => {
      const amount = input["initialValue"] ?? objectArg(input, "initialAmount")["amount"] ?? "0";
      const initialMinor =
        parseMinor(String(amount), api.state.shop.currency) ??
        refuse(["initialValue"], "Initial value is invalid", "INVALID");
      const customerId =
        textArg(input, "customerId") === undefined ? null : idArg(input, "customerId", "Customer");
      const card = api.sandbox.actions.createGiftCard(api.shop, {
        initialMinor,
        code: textArg(input, "code"),
        customerId,
        expiresOn: textArg(input, "expiresOn") ?? null,
        note: textArg(input, "note") ?? null,
      });
      return { giftCard: giftCardNode(api, card), giftCardCode: card.code };
    });
  },
  storeCreditAccountCredit: (args, api, info) =>
    mutate(info, [], () => {
      const customerId = ownerOf(api, args);
      const input = objectArg(args, "creditInput");
      const expiresAt = textArg(input, "expiresAt");
      const amountMinor = amountOf(api, input, "creditAmount", ["creditInput"]);
      api.sandbox.actions.creditStoreCredit(
        api.shop,
        customerId,
        amountMinor,
        expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      );
      return { storeCreditAccountTransaction: lastTransaction(api, customerId) };
    }),
  storeCreditAccountDebit: (args, api, info) =>
    mutate(info, [], () => {
      const customerId = ownerOf(api, args);
      api.sandbox.actions.debitStoreCredit(
        api.shop,
        customerId,
        amountOf(api, objectArg(args, "debitInput"), "debitAmount", ["debitInput"]),
      );
      return { storeCreditAccountTransaction: lastTransaction(api, customerId) };
    }),
};
