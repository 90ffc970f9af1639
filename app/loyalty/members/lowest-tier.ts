/** One row with the tier_id in which members of the shop $1 begin: the lowest of the live program, null where it has no tiers. */
export const LOWEST_TIER = `(select (select settings -> 'tiers' -> 0 ->> 'id'
          from program_version where shop_id = $1 and status = 'live') as tier_id)`;
