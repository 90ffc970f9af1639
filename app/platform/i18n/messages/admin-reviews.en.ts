/** What the admin says of referrals that wait for the merchant, and of the limit that holds them. */
export const reviewsEn = {
  "program.referral.monthlyLimit": "Rewards a month for one member",
  "program.referral.monthlyLimit.help":
    "After these the member's friends wait under Activity until you decide. Leave it empty for no limit.",
  "program.unit.friends": "friends",
  "change.referral.monthlyLimit": "Rewards a month for one member: {from} → {to}",
  "effect.newRewards": "For rewards from now on.",

  "reviews.title": "Referrals to decide on",
  "reviews.help": "Not rewarded yet. The member is told only that a friend is under review.",
  "reviews.empty": "None is waiting.",
  "reviews.more_one": "1 more is waiting.",
  "reviews.more_other": "{count} more are waiting.",
  "reviews.order": "Friend's order {order} on {date}",
  "reviews.reason.same_address":
    "The member and the friend have the same address. It may be a family, or one person with two accounts.",
  "reviews.reason.advocate_blocked": "The member is blocked.",
  "reviews.reason.too_many":
    "The member has already been rewarded for as many friends this month as your program allows.",
  "reviews.reward": "Reward {points}",
  "reviews.refuse": "Refuse",
  "reviews.refuse.title": "Refuse the reward of {name}?",
  "reviews.refuse.text":
    "The member will not get {points} for order {order}. This cannot be undone; the friend keeps their discount.",
  "reviews.refuse.confirm": "Refuse",
  "reviews.toast.approved": "The member gets the points in a moment",
  "reviews.toast.declined": "Refused",
  "reviews.gone": "It has been decided already, or the order was cancelled.",
  "reviews.nothingElse": "Nothing else needs you",
} as const;
