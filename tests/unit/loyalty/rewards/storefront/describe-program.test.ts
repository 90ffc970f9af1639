import { expect, test } from "vitest";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { describeProgram } from "#app/loyalty/rewards/storefront/describe-program.ts";
import { storefrontTranslator } from "#app/loyalty/rewards/storefront/storefront-translator.ts";

const shop = { currency: "USD", currencyExponent: 2 };

function earning(edit: (settings: ProgramSettings) => void, locale: "en" | "ko" = "en") {
  const settings = defaultSettings(shop);
  edit(settings);
  return describeProgram(settings, shop, locale, storefrontTranslator(locale)).earning;
}

test("a member who invites reads when they are rewarded: at once, or after the hold", () => {
  expect(earning(() => {})[1]?.detail).toBe("500P when your friend's first order is paid");
  const held = (settings: ProgramSettings) => void (settings.earn.holdDays = 7);
  expect(earning(held)[1]?.detail).toBe("500P once your friend's first order is paid and its hold is over");
  expect(earning(held, "ko")[1]?.detail).toBe("친구의 첫 주문이 결제되고 적립 대기 기간이 지나면 500P 적립");
  const sent = (settings: ProgramSettings) => void (settings.earn.on = "fulfilled");
  expect(earning(sent)[1]?.detail).toBe("500P when your friend's first order has been sent");
  expect(earning(sent, "ko")[1]?.detail).toBe("친구의 첫 주문이 발송되면 500P 적립");
});

test("inviting is no way to earn while friends get nothing: each would be refused", () => {
  expect(earning((settings) => (settings.referral.friendAmountMinor = 0)).map(({ id }) => id)).toEqual([
    "order",
  ]);
});

test("a longer unit stands apart, as theme blocks write it", () => {
  expect(earning((settings) => (settings.pointsShort.en = "coins"))[0]?.detail).toBe(
    "5 coins for every $1.00 you spend",
  );
});
