/** The home page's figures as what is shown: a label, a value, what it was, and how it is worked out. */
import type { Figures } from "#app/loyalty/insights/read-figures.server.ts";
import { worthOf } from "#app/loyalty/insights/point-value.ts";
import type { PointValue } from "#app/loyalty/insights/point-value.ts";
import type { Words } from "#app/components/shared/words.ts";

export interface Figure {
  id: string;
  label: string;
  value: string;
  /** The period before, in words. */
  compare: string;
}

export interface Liability {
  rows: { label: string; value: string }[];
  total: string;
  worth: string;
  why: string;
}

/** The last period beside the one before it. */
export function periodFigures(figures: Figures, words: Words): Figure[] {
  const { period, previous } = figures;
  const { t } = words;
  const rate = ratio(period.redeemed, period.issued);
  const rateBefore = ratio(previous.redeemed, previous.issued);
  const share = ratio(period.memberOrders, period.orders);
  const shareBefore = ratio(previous.memberOrders, previous.orders);
  const before = (text: string) => t("home.figure.before", { value: text });
  const ratioText = (value: number | null) => (value === null ? t("home.figure.none") : words.percent(value));
  return [
    {
      id: "members",
      label: t("home.figure.members"),
      value: words.number(figures.members),
      compare: t("home.figure.joined", {
        now: words.number(period.joined),
        before: words.number(previous.joined),
      }),
    },
    {
      id: "issued",
      label: t("home.figure.issued"),
      value: words.points(period.issued),
      compare: before(words.points(previous.issued)),
    },
    {
      id: "redeemed",
      label: t("home.figure.redeemed"),
      value: words.points(period.redeemed),
      compare: before(words.points(previous.redeemed)),
    },
    {
      id: "rate",
      label: t("home.figure.rate"),
      value: ratioText(rate),
      compare: before(ratioText(rateBefore)),
    },
    {
      id: "share",
      label: t("home.figure.share"),
      value: ratioText(share),
      compare: before(ratioText(shareBefore)),
    },
  ];
}

/** What members could still use, and the most it could cost. */
export function liabilityOf(figures: Figures, value: PointValue | null, words: Words): Liability {
  const { t } = words;
  const total = figures.available + figures.pending + figures.held;
  const rows = [
    { label: t("home.liability.available"), value: words.points(figures.available) },
    { label: t("home.liability.pending"), value: words.points(figures.pending) },
    { label: t("home.liability.held"), value: words.points(figures.held) },
  ];
  if (figures.owed > 0) rows.push({ label: t("home.liability.owed"), value: words.points(-figures.owed) });
  return {
    rows,
    total: words.points(total),
    worth: value ? words.money(worthOf(total, value)) : t("home.liability.unknown"),
    why: value
      ? t("home.liability.why", {
          points: words.points(value.points),
          money: words.money(value.minor),
          total: words.points(total),
        })
      : t("home.liability.whyUnknown"),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
