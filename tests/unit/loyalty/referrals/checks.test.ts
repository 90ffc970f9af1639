import { describe, expect, it } from "vitest";
import { compareParties, type Party } from "#app/loyalty/referrals/compare-parties.ts";
import { isDisposable } from "#app/loyalty/referrals/disposable-domains.ts";
import { friendDiscountInput, friendOffer } from "#app/loyalty/referrals/friend-discount.ts";
import { ipPrefix } from "#app/loyalty/referrals/ip-prefix.ts";
import { judgeFriend } from "#app/loyalty/referrals/judge-friend.ts";
import { rewardDueAt } from "#app/loyalty/referrals/reward-due-at.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";

const clean = { isAdvocate: false, orderedBefore: false, invitedTheAdvocate: false };
const party = (over: Partial<Party> = {}): Party => ({
  email: null,
  phone: null,
  address1: null,
  zip: null,
  ...over,
});

describe("T44 who earns an advocate nothing", () => {
  it("by our own rows", () => {
    expect(judgeFriend(clean)).toBeNull();
    expect(judgeFriend({ ...clean, orderedBefore: true })).toBe("ordered_before");
    expect(judgeFriend({ ...clean, invitedTheAdvocate: true, orderedBefore: true })).toBe("loop");
    expect(judgeFriend({ isAdvocate: true, orderedBefore: true, invitedTheAdvocate: true })).toBe("self");
  });

  it.each([
    [
      "the same address with a tag and dots",
      party({ email: "mina@gmail.com" }),
      party({ email: "Mi.na+2@gmail.com" }),
      "same_person",
    ],
    [
      "the same telephone, written otherwise",
      party({ phone: "+1 212 555 0100" }),
      party({ phone: "(212) 555-0100" }),
      "same_person",
    ],
    [
      "the same door",
      party({ address1: "12 Main St.", zip: "10001" }),
      party({ address1: "12 main st", zip: "10001" }),
      "same_address",
    ],
    [
      "another flat",
      party({ address1: "12 Main St 3", zip: "10001" }),
      party({ address1: "12 Main St 4", zip: "10001" }),
      "different",
    ],
    ["nothing known of either", party(), party(), "different"],
    [
      "nonsense on both",
      party({ email: "x", phone: "1", address1: "-", zip: "1" }),
      party({ email: "x", phone: "1", address1: "-", zip: "1" }),
      "different",
    ],
  ])("by what Shopify knows: %s", (_, advocate, friend, expected) => {
    expect(compareParties(advocate, friend)).toBe(expected);
  });

  it("throw-away addresses and their subdomains, but not look-alikes", () => {
    expect(isDisposable("a@mailinator.com")).toBe(true);
    expect(isDisposable("a@x.mailinator.com")).toBe(true);
    expect(isDisposable("a@notmailinator.com")).toBe(false);
    expect(isDisposable("mailinator.com@gmail.com")).toBe(false);
  });

  it("the reward waits for the end of the hold", () => {
    const orderedAt = new Date("2026-11-01T10:00:00Z");
    expect(rewardDueAt(orderedAt, 0)).toEqual(orderedAt);
    expect(rewardDueAt(orderedAt, 14)).toEqual(new Date("2026-11-15T10:00:00Z"));
  });
});

describe("the network of an address", () => {
  it.each([
    ["203.0.113.77", "203.0.113.0/24"],
    ["::ffff:203.0.113.77", "203.0.113.0/24"],
    ["2001:db8:1234:5678::1", "2001:db8:1234::/48"],
    ["2001:0db8::1", "2001:db8:0::/48"],
    ["::1", "0:0:0::/48"],
    ["fe80::1%eth0", "fe80:0:0::/48"],
    ["999.1.1.1", null],
    ["unknown", null],
    ["", null],
  ])("%s is in %s", (address, expected) => {
    expect(ipPrefix(address)).toBe(expected);
  });
});

describe("the friend's discount", () => {
  const { referral } = defaultSettings({ currency: "USD", currencyExponent: 2 });
  const shop = { currency: "USD", currencyExponent: 2 };

  it("is one use in all, for anybody, from a minimum", () => {
    const offer = friendOffer(referral, shop)!;
    const [startsAt, endsAt] = [new Date("2026-11-21T00:00:00Z"), new Date("2026-12-22T05:00:00Z")];
    expect(friendDiscountInput({ code: "CODE", offer, startsAt, endsAt })).toEqual({
      title: "Dangol: invited friend",
      code: "CODE",
      startsAt: "2026-11-21T00:00:00.000Z",
      endsAt: "2026-12-22T05:00:00.000Z",
      usageLimit: 1,
      appliesOncePerCustomer: true,
      context: { all: "ALL" },
      combinesWith: { orderDiscounts: false, productDiscounts: true, shippingDiscounts: true },
      customerGets: {
        items: { all: true },
        value: { discountAmount: { amount: "5.00", appliesOnEachItem: false } },
      },
      minimumRequirement: { subtotal: { greaterThanOrEqualToSubtotal: "20.00" } },
    });
  });

  it("is nothing while referrals are off, and has no minimum where none is set", () => {
    expect(friendOffer({ ...referral, enabled: false }, shop)).toBeNull();
    expect(friendOffer({ ...referral, friendAmountMinor: 0 }, shop)).toBeNull();
    const offer = friendOffer({ ...referral, friendMinimumMinor: 0 }, shop)!;
    const input = friendDiscountInput({ code: "C", offer, startsAt: new Date(0), endsAt: new Date(1) });
    expect(input).not.toHaveProperty("minimumRequirement");
  });
});
