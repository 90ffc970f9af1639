/** Where a file comes from, told by its header. */
export type ImportProfile = "smile" | "loyaltylion" | "yotpo" | "rivo" | "joy" | "plain";
/**
 * balance: what members had elsewhere, brought over once per member and program, whatever file it is in.
 * change: points added or taken by hand, once per file.
 */
export type ImportKind = "balance" | "change";

export interface ImportColumns {
  profile: ImportProfile;
  kind: ImportKind;
  /** Positions of columns, by what they hold. */
  customer: number | null;
  email: number | null;
  phone: number | null;
  points: number;
  /** Why, line by line; only of a plain file. */
  note: number | null;
}

interface Profile {
  profile: ImportProfile;
  points: readonly string[];
  /** One of these tells it apart from the others. */
  signs: readonly string[];
  customer: readonly string[];
}

const SHOPIFY_ID = ["shopify_id", "shopify_customer_id"];
const EMAIL = ["email", "email_address", "e_mail", "customer_email", "이메일", "이메일_주소"];
const PHONE = ["phone", "phone_number", "mobile", "전화번호", "휴대폰", "휴대전화"];

// A column called "customer id" is the other program's own number in its exports; only a plain file means Shopify's.
const PROFILES: readonly Profile[] = [
  {
    profile: "loyaltylion",
    points: ["points_approved", "approved_points"],
    signs: ["points_approved", "approved_points"],
    customer: [...SHOPIFY_ID, "merchant_id"],
  },
  {
    profile: "yotpo",
    points: ["points_balance"],
    signs: ["points_spent", "points_earned", "perks_redeemed"],
    customer: SHOPIFY_ID,
  },
  {
    profile: "rivo",
    points: ["points_balance", "points_tally"],
    signs: ["activation_date", "credits_balance", "points_tally"],
    customer: SHOPIFY_ID,
  },
  {
    profile: "smile",
    points: ["points_balance"],
    signs: ["member_status", "referral_url", "vip_tier", "vip_tier_name", "member_since", "state"],
    customer: SHOPIFY_ID,
  },
  {
    profile: "joy",
    // Email, Name, Membership Type, Points, Birthday, Created Date, as its help pages list them; the others are older.
    points: ["points", "point", "current_points", "point_balance"],
    signs: ["membership_type", "joy_id", "point_balance", "current_points", "total_earned_points"],
    customer: SHOPIFY_ID,
  },
];
const PLAIN_POINTS = ["points", "point", "points_balance", "balance", "포인트", "적립금", "잔액"];
const PLAIN_NOTE = ["note", "reason", "memo", "comment", "메모", "사유", "비고"];
const PLAIN_CUSTOMER = [...SHOPIFY_ID, "customer_id", "고객_id"];

const PROFILE_NAMES: readonly ImportProfile[] = PROFILES.map(({ profile }) => profile);

/**
 * What the column of points is called in a report, so that the mended file is taken for what the first one was: a balance
 * of that program, which nobody is given twice.
 */
export function reportedPoints(profile: ImportProfile | null): string {
  return profile !== null && PROFILE_NAMES.includes(profile) ? `${profile}_balance` : "points";
}

/** Reads a header; says what is missing when it is none that can be used. Names are compared, never looked up. */
export function detectColumns(
  header: readonly string[],
): ImportColumns | { problem: "no_header" | "no_contact_column" | "no_points_column" } {
  const names = header.map(normalise);
  const at = (wanted: readonly string[]): number | null => {
    const index = names.findIndex((name) => wanted.includes(name));
    return index === -1 ? null : index;
  };
  // The first line is already a member: there is no header.
  if (header.some((cell) => cell.includes("@") || /^\s*[+-]?\d+\s*$/u.test(cell)))
    return { problem: "no_header" };
  // In a report of ours the customer's id is Shopify's, whatever program the points are from.
  const reported = PROFILES.find(({ profile }) => at([reportedPoints(profile)]) !== null);
  const exported = PROFILES.find(({ points, signs }) => at(points) !== null && at(signs) !== null);
  const found = reported ?? exported;
  const points = at(reported ? [reportedPoints(reported.profile)] : (exported?.points ?? PLAIN_POINTS));
  const columns = {
    customer: at(reported ? PLAIN_CUSTOMER : (exported?.customer ?? PLAIN_CUSTOMER)),
    email: at(EMAIL),
    phone: at(PHONE),
  };
  if (columns.customer === null && columns.email === null && columns.phone === null)
    return { problem: "no_contact_column" };
  if (points === null) return { problem: "no_points_column" };
  const note = found ? null : at(PLAIN_NOTE);
  return { profile: found?.profile ?? "plain", kind: found ? "balance" : "change", ...columns, points, note };
}

function normalise(name: string): string {
  return name
    .normalize("NFC")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "_")
    .replaceAll(/^_+|_+$/gu, "");
}
