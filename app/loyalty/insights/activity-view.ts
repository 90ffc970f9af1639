/** The activity page's views: what needs somebody, everything that came, and what is queued. */
export const ACTIVITY_VIEWS = ["attention", "all", "jobs"] as const;
export type ActivityView = (typeof ACTIVITY_VIEWS)[number];
