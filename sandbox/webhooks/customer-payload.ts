import { fullName } from "#sandbox/store/full-name.ts";
import type { Address, Customer, Shop } from "#sandbox/store/types.ts";
import { gid, restId, restTime } from "./payload-values.ts";

/** A customer as REST and the customers/* webhooks write it. */
export function customerPayload(shop: Shop, customer: Customer): Record<string, unknown> {
  const time = (instant: string | null) => restTime(instant, shop.timeZone);
  const address =
    customer.addresses.find((one) => one.id === customer.defaultAddressId) ?? customer.addresses[0];
  return {
    id: restId(customer.id),
    created_at: time(customer.createdAt),
    updated_at: time(customer.updatedAt),
    first_name: customer.firstName,
    last_name: customer.lastName,
    state: customer.state,
    note: customer.note,
    verified_email: customer.verifiedEmail,
    multipass_identifier: null,
    tax_exempt: customer.taxExempt,
    email: customer.email,
    phone: customer.phone,
    currency: shop.currency,
    tags: customer.tags.join(", "),
    addresses: customer.addresses.map((one) => addressPayload(customer, one)),
    tax_exemptions: [],
    email_marketing_consent: {
      state: customer.emailMarketing.state,
      opt_in_level: "single_opt_in",
      consent_updated_at: time(customer.emailMarketing.updatedAt),
    },
    sms_marketing_consent: null,
    admin_graphql_api_id: gid("Customer", customer.id),
    ...(address === undefined ? {} : { default_address: addressPayload(customer, address) }),
  };
}

/** What customers/delete carries. */
export function customerDeletedPayload(customer: Customer): Record<string, unknown> {
  return {
    id: restId(customer.id),
    phone: customer.phone,
    addresses: [],
    tax_exemptions: [],
    admin_graphql_api_id: gid("Customer", customer.id),
  };
}

function addressPayload(customer: Customer, address: Address): Record<string, unknown> {
  return {
    id: restId(address.id),
    customer_id: restId(customer.id),
    ...postalAddress(address),
    default: address.id === customer.defaultAddressId,
  };
}

/** A postal address as an order carries it. */
export function postalAddress(address: Address): Record<string, unknown> {
  return {
    first_name: address.firstName,
    last_name: address.lastName,
    company: address.company,
    address1: address.address1,
    address2: address.address2,
    city: address.city,
    province: address.province,
    country: address.country,
    zip: address.zip,
    phone: address.phone,
    name: fullName(address.firstName, address.lastName),
    province_code: address.provinceCode,
    country_code: address.countryCode,
    country_name: address.country,
  };
}
