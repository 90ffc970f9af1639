/**
 * What an order `o` must be to count as one its member made: awarded, and not wholly taken back. It goes by what the order
 * holds, not by why: one that waits for facts again, say, is no less a past order.
 */
export const COUNTS_SQL = `(o.spent_minor > 0 or o.points_held > 0)`;
