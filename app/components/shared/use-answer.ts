import { useState } from "react";

/**
 * What an action answered last, until it is dropped: what was refused in one dialog says nothing about the next.
 *
 * @returns the answer, and what forgets it
 */
export function useAnswer<Answer>(latest: Answer | undefined): [Answer | undefined, () => void] {
  const [dropped, setDropped] = useState<Answer | undefined>(undefined);
  return [latest === dropped ? undefined : latest, () => setDropped(latest)];
}
