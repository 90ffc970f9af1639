const TITLE_MAX = 255;

/**
 * The name of a redemption's discount in the merchant's list: what it gives, and which redemption it is. Made from
 * frozen terms, so that every attempt writes the same one.
 */
export function codeTitle(rewardTitle: string, redemptionId: string): string {
  const mark = ` [dangol:${redemptionId}]`;
  return `Loyalty: ${rewardTitle}`.slice(0, TITLE_MAX - mark.length) + mark;
}
