import { useEffect, useState } from "react";

/**
 * The value of a promise once it is there, `meanwhile` until then and when it fails. For what a page can do without at
 * first: unlike a Suspense boundary it is never thrown away when something above it changes while the page comes to life.
 */
export function useSettled<Value>(promise: Promise<Value>, meanwhile: Value): Value {
  const [settled, setSettled] = useState<{ promise: Promise<Value>; value: Value } | null>(null);
  useEffect(() => {
    let current = true;
    promise.then(
      (value) => current && setSettled({ promise, value }),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [promise]);
  // While a newer page's names are on their way the older ones still name those who are on both.
  return settled?.value ?? meanwhile;
}
