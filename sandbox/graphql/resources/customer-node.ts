import { customerStats, displayName, ordersOf } from "#sandbox/store/customer-stats.ts";
import { fullName } from "#sandbox/store/full-name.ts";
import type { Address, Customer, StoreCreditAccount, StoreCreditTransaction } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Source } from "../api.ts";
import { connection } from "../connection.ts";
import { dateTime, money } from "../values.ts";
import { metafieldFields } from "./metafield-fields.ts";

/** A customer. */
export function customerNode(api: Api, customer: Customer): Source {
  const { currency } = api.state.shop;
  const address = customer.addresses.find((one) => one.id === customer.defaultAddressId);
  const stats = () => customerStats(api.state, customer.id);
  return {
    __typename: "Customer",
    id: gid("Customer", customer.id),
    legacyResourceId: customer.id,
    email: customer.email,
    phone: customer.phone,
    firstName: customer.firstName,
    lastName: customer.lastName,
    displayName: displayName(customer),
    locale: customer.locale,
    note: customer.note,
    state: customer.state.toUpperCase(),
    tags: customer.tags,
    taxExempt: customer.taxExempt,
    taxExemptions: [],
    verifiedEmail: customer.verifiedEmail,
    validEmailAddress: customer.email !== null,
    createdAt: dateTime(customer.createdAt),
    updatedAt: dateTime(customer.updatedAt),
    addresses: () => customer.addresses.map(addressNode),
    addressesV2: (args: Args) => connection(customer.addresses, args, addressNode),
    defaultAddress: address === undefined ? null : addressNode(address),
    defaultEmailAddress: customer.email === null ? null : emailNode(customer, customer.email),
    defaultPhoneNumber:
      customer.phone === null
        ? null
        : { phoneNumber: customer.phone, marketingState: "NOT_SUBSCRIBED", marketingOptInLevel: null },
    emailMarketingConsent:
      customer.email === null
        ? null
        : {
            marketingState: customer.emailMarketing.state.toUpperCase(),
            marketingOptInLevel: "SINGLE_OPT_IN",
            consentUpdatedAt: dateTime(customer.emailMarketing.updatedAt),
          },
    smsMarketingConsent: null,
    numberOfOrders: () => String(stats().orders),
    amountSpent: () => money(stats().spentMinor, currency),
    canDelete: () => ordersOf(api.state, customer.id).length === 0,
    lastOrder: () => {
      const { lastOrder } = stats();
      return lastOrder === null ? null : api.nodes.order(api, lastOrder);
    },
    orders: (args: Args) => api.nodes.orders(api, ordersOf(api.state, customer.id), args),
    storeCreditAccounts: (args: Args) => {
      const accounts = [...api.state.storeCredit.values()].filter((one) => one.customerId === customer.id);
      return connection(accounts, args, (one) => storeCreditNode(api, one));
    },
    ...metafieldFields(api, gid("Customer", customer.id)),
  };
}

function emailNode(customer: Customer, email: string): Source {
  return {
    emailAddress: email,
    marketingState: customer.emailMarketing.state.toUpperCase(),
    marketingOptInLevel: "SINGLE_OPT_IN",
    marketingUpdatedAt: dateTime(customer.emailMarketing.updatedAt),
    validFormat: true,
  };
}

/** A postal address. */
export function addressNode(address: Address): Source {
  const lines = [
    address.company,
    address.address1,
    address.address2,
    [address.zip, address.city].filter(Boolean).join(" "),
    address.country,
  ];
  return {
    __typename: "MailingAddress",
    ...address,
    id: gid("MailingAddress", address.id),
    name: fullName(address.firstName, address.lastName),
    countryCodeV2: address.countryCode,
    formatted: lines.filter(Boolean),
    formattedArea: [address.city, address.country].filter(Boolean).join(", "),
  };
}

/** A store credit account. */
export function storeCreditNode(api: Api, account: StoreCreditAccount): Source {
  return {
    __typename: "StoreCreditAccount",
    id: gid("StoreCreditAccount", account.id),
    balance: money(account.balanceMinor, account.currency),
    owner: () => {
      const customer = api.state.customers.get(account.customerId);
      return customer === undefined ? null : customerNode(api, customer);
    },
    transactions: (args: Args) =>
      connection(account.transactions.toReversed(), args, (transaction) =>
        storeCreditTransactionNode(api, account, transaction),
      ),
  };
}

/** One movement of an account; credits also say what of them is left. */
export function storeCreditTransactionNode(
  api: Api,
  account: StoreCreditAccount,
  transaction: StoreCreditTransaction,
): Source {
  const credit = transaction.kind === "credit";
  const type = credit ? "StoreCreditAccountCreditTransaction" : "StoreCreditAccountDebitTransaction";
  return {
    __typename: type,
    id: gid(type, transaction.id),
    account: () => storeCreditNode(api, account),
    amount: money(transaction.amountMinor, account.currency),
    balanceAfterTransaction: money(transaction.balanceAfterMinor, account.currency),
    createdAt: dateTime(transaction.createdAt),
    event: transaction.event.toUpperCase(),
    origin: null,
    ...(credit
      ? {
          expiresAt: dateTime(transaction.expiresAt),
          remainingAmount: money(Math.min(transaction.amountMinor, account.balanceMinor), account.currency),
        }
      : {}),
  };
}
