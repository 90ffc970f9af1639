import { useFetcher } from "@remix-run/react";
import { Text } from "@shopify/polaris";
import { useEffect } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { reachAddress } from "./reach-query.ts";
import type { Reach, ReachAnswer } from "./reach-query.ts";

const PAUSE_MS = 400;

/** How many members it would fit if all of them ordered today; asked again when that changes. */
export function ReachLine({ settings }: { settings: Reach }) {
  const { t } = useAdmin();
  const { load, data, state } = useFetcher<ReachAnswer>();
  const address = reachAddress(settings);
  useEffect(() => {
    const timer = setTimeout(() => void load(address), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [address, load]);
  const current = data?.address === address ? data : undefined;
  return (
    <div aria-live="polite">
      <Text as="p">
        {current
          ? `${t("campaign.reach", { count: current.members })} ${t("campaign.reach.note")}`
          : t(data === null && state === "idle" ? "campaign.reach.failed" : "campaign.reach.loading")}
      </Text>
    </div>
  );
}
