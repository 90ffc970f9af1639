import { storefrontEn, type StorefrontMessages } from "#app/platform/i18n/messages/storefront.en.ts";
import { storefrontKo } from "#app/platform/i18n/messages/storefront.ko.ts";
import { createTranslator, type Locale, type Translate } from "#app/platform/i18n/translate.ts";

export type StorefrontTranslate = Translate<StorefrontMessages>;

/** What a shopper is told when something is refused: the code is stable, the words are translated. */
export type StorefrontErrorCode = keyof StorefrontMessages extends infer Key
  ? Key extends `error.${infer Code}`
    ? Code
    : never
  : never;

const MESSAGES: Record<Locale, StorefrontMessages> = { en: storefrontEn, ko: storefrontKo };

/** What shoppers read, in their language. */
export function storefrontTranslator(locale: Locale): StorefrontTranslate {
  return createTranslator(locale, MESSAGES[locale]);
}
