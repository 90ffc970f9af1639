/** When everything measured happens. */
export const NOW = new Date("2026-11-21T03:00:00Z");
