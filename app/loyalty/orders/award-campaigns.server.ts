import type { Tx } from "#app/platform/db/database.server.ts";
import type { Grounds, Priced } from "./settlement.ts";

/**
 * What campaigns make of a wave's awards: called once a wave when rules, caps and targets are known and nothing is posted
 * yet. Orders of a wave have different members, all of whom are locked. Each order's rules, target and points may be
 * exchanged; what `rules` are becomes its snapshot, and `points` is what it holds from now on.
 */
export async function awardCampaigns(
  _tx: Tx,
  _grounds: Grounds,
  wave: readonly Priced[],
): Promise<readonly Priced[]> {
  return wave;
}

/** What campaigns are charged for a wave, as awardCampaigns returned it, once its points are posted. */
export async function chargeCampaigns(_tx: Tx, _grounds: Grounds, _wave: readonly Priced[]): Promise<void> {}
