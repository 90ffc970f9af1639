import type { CodeRefusal } from "./inputs.ts";

const ENGLISH: Readonly<Record<CodeRefusal, string>> = {
  not_found: "isn’t a valid discount code.",
  not_started: "can’t be used yet.",
  expired: "has expired.",
  usage_limit: "has reached its usage limit.",
  already_used: "was already used by you.",
  wrong_customer: "isn’t available to this customer.",
  login_needed: "belongs to a customer. Log in to use it.",
  minimum_not_met: "needs a larger order.",
  no_entitled_items: "doesn’t apply to the items in this cart.",
  no_shipping: "is for shipping, and nothing in this order is shipped.",
  does_not_combine: "can’t be combined with the other codes.",
};

const KOREAN: Readonly<Record<CodeRefusal, string>> = {
  not_found: "쿠폰을 찾을 수 없어요.",
  not_started: "쿠폰은 아직 사용할 수 없어요.",
  expired: "쿠폰은 기간이 끝났어요.",
  usage_limit: "쿠폰은 이미 모두 사용됐어요.",
  already_used: "쿠폰은 이미 사용하셨어요.",
  wrong_customer: "쿠폰은 다른 회원님의 쿠폰이에요.",
  login_needed: "쿠폰은 로그인 후 사용할 수 있어요.",
  minimum_not_met: "쿠폰을 쓰려면 주문 금액이 더 필요해요.",
  no_entitled_items: "쿠폰을 쓸 수 있는 상품이 없어요.",
  no_shipping: "쿠폰은 배송 상품에만 쓸 수 있어요.",
  does_not_combine: "쿠폰은 다른 쿠폰과 함께 쓸 수 없어요.",
};

/** What the checkout tells a shopper whose code was not applied. */
export function codeRefusalMessage(code: string, reason: CodeRefusal, locale: string): string {
  return `${code} ${locale.startsWith("ko") ? KOREAN[reason] : ENGLISH[reason]}`;
}
