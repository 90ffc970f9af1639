import { normaliseEmail } from "#app/loyalty/members/hash-email.ts";

/** A shopper as Shopify tells of them; null where it withholds. */
export interface Party {
  email: string | null;
  phone: string | null;
  address1: string | null;
  zip: string | null;
}

/**
 * Whether two shoppers look like one: the same address or telephone number is refused, a shared door only
 * looked at by the merchant (families invite each other).
 */
export function compareParties(advocate: Party, friend: Party): "same_person" | "same_address" | "different" {
  if (matches(emailOf(advocate), emailOf(friend))) return "same_person";
  if (matches(phoneOf(advocate), phoneOf(friend))) return "same_person";
  return matches(doorOf(advocate), doorOf(friend)) ? "same_address" : "different";
}

function matches(a: string | null, b: string | null): boolean {
  return a !== null && a === b;
}

function emailOf(party: Party): string | null {
  return party.email === null ? null : normaliseEmail(party.email);
}

function phoneOf(party: Party): string | null {
  const digits = (party.phone ?? "").replaceAll(/\D/gu, "");
  return digits.length < 7 ? null : digits.slice(-9);
}

function doorOf(party: Party): string | null {
  const street = (party.address1 ?? "").toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
  const zip = (party.zip ?? "").toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
  return street.length < 4 || zip === "" ? null : `${street}/${zip}`;
}
