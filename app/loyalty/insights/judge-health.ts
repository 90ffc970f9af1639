/** Whether the app is working, judged from facts; how it is said is the page's business. */
export interface HealthFacts {
  now: string;
  lastWebhookAt: string | null;
  /** Events set aside because they could not be read. */
  parkedEvents: number;
  /** Events older than five minutes that nobody has handled. */
  waitingEvents: number;
  handledThisWeek: number;
  /** Jobs that have used up their attempts. */
  failedJobs: number;
  retryingJobs: number;
  missingScopes: string[];
}

export type Health =
  | { state: "scopes_missing"; scopes: string[] }
  | { state: "needs_attention"; failures: number }
  | { state: "behind"; waiting: number }
  | { state: "retrying"; retrying: number }
  | { state: "waiting_for_first" }
  | { state: "working"; lastWebhookAt: string; handled: number };

/** The one thing worth saying: the worst first. A quiet shop is not an ill one, so silence alone never alarms. */
export function judgeHealth(facts: HealthFacts): Health {
  if (facts.missingScopes.length > 0) return { state: "scopes_missing", scopes: facts.missingScopes };
  const failures = facts.parkedEvents + facts.failedJobs;
  if (failures > 0) return { state: "needs_attention", failures };
  if (facts.waitingEvents > 0) return { state: "behind", waiting: facts.waitingEvents };
  if (facts.retryingJobs > 0) return { state: "retrying", retrying: facts.retryingJobs };
  if (facts.lastWebhookAt === null) return { state: "waiting_for_first" };
  return { state: "working", lastWebhookAt: facts.lastWebhookAt, handled: facts.handledThisWeek };
}

/** Scopes that are declared and not granted. `write_x` grants `read_x` too. */
export function missingScopes(required: readonly string[], granted: string | null): string[] {
  const have = new Set((granted ?? "").split(",").map((scope) => scope.trim()));
  return required.filter((scope) => !have.has(scope) && !have.has(scope.replace(/^read_/, "write_")));
}
