import { storefrontEn, type StorefrontMessages } from "./messages/storefront.en.ts";
import { storefrontKo } from "./messages/storefront.ko.ts";
import { createTranslator, type Locale, type Translate } from "./translate.ts";

export type StorefrontTranslate = Translate<StorefrontMessages>;

const MESSAGES: Record<Locale, StorefrontMessages> = { en: storefrontEn, ko: storefrontKo };

/** What shoppers read, in their language. */
export function storefrontTranslator(locale: Locale): StorefrontTranslate {
  return createTranslator(locale, MESSAGES[locale]);
}
