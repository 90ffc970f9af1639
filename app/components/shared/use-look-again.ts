import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";

/** Reads the page's data again every few moments while something is under way. */
export function useLookAgain(underWay: boolean, everyMs: number): void {
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    if (!underWay || state !== "idle") return;
    const timer = setTimeout(revalidate, everyMs);
    return () => clearTimeout(timer);
  }, [underWay, everyMs, state, revalidate]);
}
