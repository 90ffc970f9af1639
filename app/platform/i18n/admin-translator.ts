import { adminEn } from "./messages/admin.en.ts";
import { adminKo } from "./messages/admin.ko.ts";
import { createTranslator } from "./translate.ts";
import type { Locale, Translate } from "./translate.ts";

type AdminMessages = Record<keyof typeof adminEn, string>;

/** What the admin says, in a language. */
export function adminTranslator(locale: Locale): Translate<AdminMessages> {
  return createTranslator<AdminMessages>(locale, locale === "ko" ? adminKo : adminEn);
}
