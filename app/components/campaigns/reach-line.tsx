import { Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { reachAddress } from "./reach-query.ts";
import type { Reach, ReachAnswer } from "./reach-query.ts";

const PAUSE_MS = 400;

/** How many members it would fit if all of them ordered today; asked again when that changes. */
export function ReachLine({ settings }: { settings: Reach }) {
  const { t } = useAdmin();
  const [known, setKnown] = useState<{ address: string; members: number | null } | null>(null);
  const address = reachAddress(settings);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      void readReach(address).then((members) => wanted && setKnown({ address, members }));
    }, PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [address]);
  const members = known?.address === address ? known.members : undefined;
  return (
    <div aria-live="polite">
      <Text as="p">
        {typeof members === "number"
          ? `${t("campaign.reach", { count: members })} ${t("campaign.reach.note")}`
          : t(members === null ? "campaign.reach.failed" : "campaign.reach.loading")}
      </Text>
    </div>
  );
}

/** Null when it cannot be had: the editor goes on without. */
async function readReach(address: string): Promise<number | null> {
  try {
    const reply = await fetch(address);
    return reply.ok ? ((await reply.json()) as ReachAnswer).members : null;
  } catch {
    return null;
  }
}
