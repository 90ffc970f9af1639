/** Where the histories play: currencies with none, two and three decimals, and zones that do and do not change their clocks. */
export interface ModelShop {
  currency: string;
  currencyExponent: number;
  timeZone: string;
  /** Minor units in an amount of about a dollar's size. */
  scale: number;
}

export const MODEL_SHOPS: readonly ModelShop[] = [
  { currency: "KRW", currencyExponent: 0, timeZone: "Asia/Seoul", scale: 100 },
  { currency: "USD", currencyExponent: 2, timeZone: "America/New_York", scale: 10 },
  { currency: "JPY", currencyExponent: 0, timeZone: "Asia/Tokyo", scale: 10 },
  { currency: "KWD", currencyExponent: 3, timeZone: "Asia/Kuwait", scale: 100 },
  // Its clocks change at midnight: one day a year begins at one o'clock, another lasts 25 hours.
  { currency: "CLP", currencyExponent: 0, timeZone: "America/Santiago", scale: 100 },
];
