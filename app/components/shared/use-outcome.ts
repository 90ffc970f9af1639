import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect, useRef } from "react";

/** What every action of the admin answers with: a name, and what to say about it. */
export interface ActionOutcome {
  outcome: string;
  /** Said in a toast when the thing was done. */
  toast?: string | undefined;
  /** Shown in a banner until it no longer holds. */
  problem?: string | undefined;
}

/** Shows the toast of each new outcome once. */
export function useOutcomeToast(data: ActionOutcome | undefined): void {
  const bridge = useAppBridge();
  const shown = useRef<ActionOutcome | undefined>(undefined);
  useEffect(() => {
    if (!data || shown.current === data) return;
    shown.current = data;
    if (data.toast) bridge.toast.show(data.toast);
  }, [data, bridge]);
}
