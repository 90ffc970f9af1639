import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { useCallback, useEffect, useState } from "react";
import { blocksOn } from "./setup-steps.ts";

interface KnownBlocks {
  widget: boolean;
  product: boolean;
}

/** Asks the admin which of our blocks are on the theme, and keeps the answer when it is news. */
export function useThemeBlocks(known: KnownBlocks): { checkAgain(): void; checking: boolean } {
  const bridge = useAppBridge();
  const { submit, state } = useFetcher();
  const [asking, setAsking] = useState(false);
  const { widget, product } = known;

  const check = useCallback(async () => {
    setAsking(true);
    try {
      const on = blocksOn(await bridge.app.extensions());
      if (on.widget === widget && on.product === product) return;
      const answer = { widget: on.widget ? "on" : "off", product: on.product ? "on" : "off" };
      await submit(
        { intent: "theme-blocks", idempotencyKey: crypto.randomUUID(), ...answer },
        { method: "post" },
      );
    } catch {
      // The admin does not say: the guide keeps what it knew.
    } finally {
      setAsking(false);
    }
  }, [bridge, submit, widget, product]);

  useEffect(() => {
    void check();
    // Coming back from the theme editor is when the answer may have changed.
    const onVisible = () => {
      if (document.visibilityState === "visible") void check();
    };
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, [check]);

  return { checkAgain: () => void check(), checking: asking || state !== "idle" };
}
