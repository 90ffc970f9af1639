import type { reviewsEn } from "./admin-reviews.en.ts";

/** 확인이 필요한 친구 추천의 한국어. admin.ko.ts의 일부. */
export const reviewsKo = {
  "program.referral.monthlyLimit": "회원 1명당 월 적립 횟수",
  "program.referral.monthlyLimit.help":
    "이 횟수를 넘으면 활동 화면에서 결정할 때까지 적립을 보류해요. 비워 두면 한도가 없어요.",
  "program.unit.friends": "회",
  "change.referral.monthlyLimit": "회원 1명당 월 적립 횟수: {from} → {to}",
  "effect.newRewards": "앞으로의 적립부터 적용돼요.",

  "reviews.title": "결정이 필요한 친구 추천",
  "reviews.help": "아직 적립되지 않았어요. 회원에게는 확인 중이라고만 보여요.",
  "reviews.empty": "기다리는 추천이 없어요.",
  "reviews.more_one": "{count}건이 더 있어요.",
  "reviews.more_other": "{count}건이 더 있어요.",
  "reviews.order": "친구 주문 {order} · {date}",
  "reviews.reason.same_address":
    "추천인과 친구의 주소가 같아요. 가족일 수도 있고, 한 사람이 계정을 두 개 쓴 것일 수도 있어요.",
  "reviews.reason.advocate_blocked": "차단된 회원이에요.",
  "reviews.reason.too_many": "이번 달에 프로그램에서 정한 횟수만큼 이미 적립받은 회원이에요.",
  "reviews.reward": "{points} 적립",
  "reviews.refuse": "거절",
  "reviews.refuse.title": "{name} 님의 추천 적립을 거절할까요?",
  "reviews.refuse.text":
    "주문 {order}의 추천 적립({points})을 지급하지 않아요. 되돌릴 수 없고, 친구가 받은 할인은 그대로예요.",
  "reviews.refuse.confirm": "거절",
  "reviews.toast.approved": "잠시 뒤 회원에게 적립돼요",
  "reviews.toast.declined": "거절했어요",
  "reviews.gone": "이미 결정됐거나 주문이 취소됐어요.",
  "reviews.nothingElse": "그 밖에 확인할 일이 없어요",
} satisfies Record<keyof typeof reviewsEn, string>;
