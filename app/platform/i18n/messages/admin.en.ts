import { activityEn } from "./admin-activity.en.ts";
import { campaignsEn } from "./admin-campaigns.en.ts";
import { historyEn } from "./admin-history.en.ts";
import { homeEn } from "./admin-home.en.ts";
import { importEn } from "./admin-import.en.ts";
import { lifecycleEn } from "./admin-lifecycle.en.ts";
import { membersEn } from "./admin-members.en.ts";
import { programEn } from "./admin-program.en.ts";
import { publishEn } from "./admin-publish.en.ts";
import { resourcesEn } from "./admin-resources.en.ts";
import { reviewsEn } from "./admin-reviews.en.ts";

/** What the admin says in English. The Korean file has the same keys, by its type. */
export const adminEn = {
  ...homeEn,
  ...programEn,
  ...resourcesEn,
  ...lifecycleEn,
  ...publishEn,
  ...campaignsEn,
  ...historyEn,
  ...importEn,
  ...membersEn,
  ...activityEn,
  ...reviewsEn,

  "nav.home": "Home",
  "nav.program": "Program",
  "nav.members": "Members",
  "nav.activity": "Activity",

  "common.justNow": "just now",
  "common.why": "Why",
  "common.save": "Save",
  "common.discard": "Discard",
  "common.cancel": "Cancel",
  "common.close": "Close",
  "common.edit": "Edit",
  "common.remove": "Remove",
  "common.undo": "Undo",
  "common.on": "on",
  "common.off": "off",

  "error.retry": "Try again",
  "error.notFound.title": "Not found",
  "error.notFound.what": "There is nothing here",
  "error.notFound.next": "It may have been removed, or it belongs to another shop. Go back and choose again.",
  "error.database.title": "Not available right now",
  "error.database.what": "Dangol cannot reach its data",
  "error.database.next":
    "Points and orders are safe: what Shopify sends is delivered again later. Try again in a minute.",
  "error.unexpected.title": "This page failed",
  "error.unexpected.what": "Something went wrong while this page was prepared",
  "error.unexpected.next":
    "Nothing was changed by opening it. If you had just saved something, look at the page again before you repeat it.",

  "actor.system": "Dangol",
  "actor.staff": "staff member {id}",
} as const;
