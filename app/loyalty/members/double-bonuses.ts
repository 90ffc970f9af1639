/** A bonus that one of the members who become one was given. */
export interface GivenBonus {
  memberId: string;
  /** What it was for; names the member. */
  sourceId: string;
  occurredAt: Date;
  /** Given to the member who goes, or to somebody who was merged into them before. */
  gone: boolean;
  /** An earlier merge took it back. */
  takenBack: boolean;
}

/**
 * Which bonuses of the member who goes a single member would not have been given: bonuses are alike when their sourceIds
 * are, but for the member they name, and of those that belong to one occasion one stays. A bonus is given once in a
 * lifetime; entering a tier is another occasion when the last one was too long ago to count.
 *
 * @param countsFrom after which instant an entry stands in the way of another one at the instant given
 */
export function doubleBonuses<Bonus extends GivenBonus>(
  given: readonly Bonus[],
  countsFrom: (at: Date) => Date,
): Bonus[] {
  const kinds = Map.groupBy(given, ({ sourceId, memberId }) => sourceId.replace(memberId, ""));
  return [...kinds].flatMap(([kind, bonuses]) => {
    const inTime = bonuses.toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
    const occasions = kind.startsWith("tier:") ? occasionsOf(inTime, countsFrom) : [inTime];
    return occasions.flatMap(doublesOf);
  });
}

/** Each begins with what a single member would have been given, and holds what they would not. */
function occasionsOf<Bonus extends GivenBonus>(
  inTime: readonly Bonus[],
  countsFrom: (at: Date) => Date,
): Bonus[][] {
  const occasions: Bonus[][] = [];
  for (const bonus of inTime) {
    const latest = occasions.at(-1);
    if (latest?.[0] && latest[0].occurredAt > countsFrom(bonus.occurredAt)) latest.push(bonus);
    else occasions.push([bonus]);
  }
  return occasions;
}

/** The kept member keeps theirs; where they have none, the first one stays. */
function doublesOf<Bonus extends GivenBonus>(occasion: readonly Bonus[]): Bonus[] {
  const standing = occasion.filter(({ takenBack }) => !takenBack);
  const theirs = standing.filter(({ gone }) => gone);
  return theirs.length < standing.length ? theirs : theirs.slice(1);
}
