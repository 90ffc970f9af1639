import type { CustomerInput } from "#sandbox/actions/inputs.ts";
import { customerStats, displayName, findCustomerByEmail } from "#sandbox/store/customer-stats.ts";
import type { Customer, MarketingState } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import { idOf } from "#sandbox/gid.ts";
import type { Api, Args, Resolvers } from "../api.ts";
import { sortedConnection } from "../connection.ts";
import type { SortKey } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { parseSearch } from "../search.ts";
import type { SearchFields } from "../search.ts";
import { given, idArg, listArg, objectArg, textArg, textsArg } from "../values.ts";
import { customerNode } from "./customer-node.ts";
import { shopNode } from "./shop.ts";

function searchFields(api: Api): SearchFields<Customer> {
  return {
    id: { kind: "number", read: (one) => [one.id] },
    email: { kind: "text", read: (one) => [one.email] },
    phone: { kind: "text", read: (one) => [one.phone] },
    first_name: { kind: "text", read: (one) => [one.firstName] },
    last_name: { kind: "text", read: (one) => [one.lastName] },
    tag: { kind: "text", read: (one) => one.tags },
    state: { kind: "text", read: (one) => [one.state] },
    orders_count: { kind: "number", read: (one) => [String(customerStats(api.state, one.id).orders)] },
    created_at: { kind: "instant", read: (one) => [one.createdAt] },
    customer_date: { kind: "instant", read: (one) => [one.createdAt] },
    updated_at: { kind: "instant", read: (one) => [one.updatedAt] },
  };
}

function found(api: Api, args: Args): Customer[] {
  const all = [...api.state.customers.values()];
  const query = textArg(args, "query");
  if (query === undefined || query.trim() === "") return all;
  return all.filter(parseSearch(query, searchFields(api), (one) => [displayName(one), one.email, one.phone]));
}

function sortKey(args: Args): (one: Customer) => SortKey {
  switch (textArg(args, "sortKey")) {
    case "CREATED_AT":
      return (one) => [one.createdAt, one.id];
    case "UPDATED_AT":
      return (one) => [one.updatedAt, one.id];
    case "NAME":
      return (one) => [`${one.lastName ?? ""}, ${one.firstName ?? ""}`, one.id];
    default:
      return (one) => [one.id.padStart(20, "0"), one.id];
  }
}

export const customerQueries: Resolvers = {
  customer: (args, api) => {
    const customer = api.state.customers.get(idArg(args, "id", "Customer"));
    return customer === undefined ? null : customerNode(api, customer);
  },
  customers: (args, api) =>
    sortedConnection(found(api, args), args, sortKey(args), (one) => customerNode(api, one)),
  customersCount: (args, api) => ({ count: found(api, args).length, precision: "EXACT" }),
  customerByIdentifier: (args, api) => {
    const identifier = objectArg(args, "identifier");
    const id = textArg(identifier, "id");
    const email = textArg(identifier, "emailAddress");
    const phone = textArg(identifier, "phoneNumber");
    const all = [...api.state.customers.values()];
    const customer =
      id !== undefined
        ? api.state.customers.get(idOf(id, "Customer") ?? "")
        : email !== undefined
          ? findCustomerByEmail(api.state, email)
          : all.find((one) => phone !== undefined && one.phone === phone);
    return customer === undefined ? null : customerNode(api, customer);
  },
};

/** The address in a MailingAddressInput. */
export function addressInput(input: Args) {
  const text = (name: string) => given(input, name, String);
  return {
    firstName: text("firstName"),
    lastName: text("lastName"),
    company: text("company"),
    address1: text("address1"),
    address2: text("address2"),
    city: text("city"),
    province: text("province"),
    provinceCode: text("provinceCode"),
    zip: text("zip"),
    country: text("country"),
    countryCode: text("countryCode"),
    phone: text("phone"),
  };
}

function readInput(input: Args): CustomerInput {
  const consent = objectArg(input, "emailMarketingConsent");
  const marketing = textArg(consent, "marketingState")?.toLowerCase() as MarketingState | undefined;
  return {
    email: given(input, "email", String),
    phone: given(input, "phone", String),
    firstName: given(input, "firstName", String),
    lastName: given(input, "lastName", String),
    locale: textArg(input, "locale"),
    note: given(input, "note", String),
    tags: textsArg(input, "tags"),
    taxExempt: typeof input["taxExempt"] === "boolean" ? input["taxExempt"] : undefined,
    marketing,
    addresses: "addresses" in input ? listArg(input, "addresses").map(addressInput) : undefined,
  };
}

export const customerMutations: Resolvers = {
  customerCreate: (args, api, info) =>
    mutate(info, [], () => ({
      customer: customerNode(
        api,
        api.sandbox.actions.createCustomer(api.shop, readInput(objectArg(args, "input"))),
      ),
    })),
  customerUpdate: (args, api, info) => {
    const input = objectArg(args, "input");
    return mutate(info, [], () => ({
      customer: customerNode(
        api,
        api.sandbox.actions.updateCustomer(api.shop, idArg(input, "id", "Customer"), readInput(input)),
      ),
    }));
  },
  customerDelete: (args, api, info) => {
    const id = idArg(objectArg(args, "input"), "id", "Customer");
    return mutate(info, [], () => {
      api.sandbox.actions.deleteCustomer(api.shop, id);
      return { deletedCustomerId: gid("Customer", id), shop: shopNode(api) };
    });
  },
  customerMerge: (args, api, info) =>
    mutate(info, [], () => {
      const one = idArg(args, "customerOneId", "Customer");
      const two = idArg(args, "customerTwoId", "Customer");
      const { keptId } = api.sandbox.actions.mergeCustomers(api.shop, one, two);
      return { resultingCustomerId: gid("Customer", keptId), job: null };
    }),
  customerEmailMarketingConsentUpdate: (args, api, info) => {
    const input = objectArg(args, "input");
    const marketing = textArg(
      objectArg(input, "emailMarketingConsent"),
      "marketingState",
    )?.toLowerCase() as MarketingState;
    return mutate(info, [], () => ({
      customer: customerNode(
        api,
        api.sandbox.actions.updateCustomer(api.shop, idArg(input, "customerId", "Customer"), { marketing }),
      ),
    }));
  },
};
