import { BlockStack, Box, Button, InlineStack, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ListCard } from "#app/components/shared/list-card.tsx";
import { Why } from "#app/components/shared/why.tsx";
import { statementLine } from "./statement-line.ts";
import type { StatementItem, StatementLine } from "./statement-line.ts";

/** Expired points that can be given back: of which entry, how many, expired when. */
export interface Giving {
  seq: number;
  points: number;
  expiredAt: string;
}

interface StatementCardProps {
  items: StatementItem[];
  hasMore: boolean;
  loading: boolean;
  onMore(): void;
  /** The entries whose points can be given back, and how many of them. */
  reinstatable: readonly Omit<Giving, "expiredAt">[];
  busy: boolean;
  /** Asks before it does. */
  onReinstate(giving: Giving): void;
}

/** Every movement like a bank's statement: dated, signed, with the balance after it, and why one tap away. */
export function StatementCard(props: StatementCardProps) {
  const { items, hasMore, loading, onMore, reinstatable, busy, onReinstate } = props;
  const words = useAdmin();
  const { t } = words;
  const more = hasMore ? (
    <InlineStack align="center">
      <Button onClick={onMore} loading={loading}>
        {t("statement.more")}
      </Button>
    </InlineStack>
  ) : null;
  return (
    <ListCard title={t("statement.title")} empty={t("statement.empty")} below={more}>
      {items.map((item) => {
        const giving = reinstatable.find(({ seq }) => seq === item.seq);
        return (
          <StatementRow
            key={item.seq}
            line={statementLine(item, words)}
            {...(giving && { onReinstate: () => onReinstate({ ...giving, expiredAt: item.occurredAt }) })}
            busy={busy}
          />
        );
      })}
    </ListCard>
  );
}

function StatementRow({
  line,
  busy,
  onReinstate,
}: {
  line: StatementLine;
  busy: boolean;
  onReinstate?: () => void;
}) {
  const { t } = useAdmin();
  return (
    <Box>
      <InlineStack align="space-between" blockAlign="start" gap="300" wrap={false}>
        <Text as="span" fontWeight="medium" breakWord>
          {line.title}
        </Text>
        <Text as="span" numeric fontWeight="semibold" alignment="end">
          {line.amount}
        </Text>
      </InlineStack>
      <Why
        subject={`${line.title}, ${line.at}`}
        lead={line.at}
        trail={t("statement.balance", { balance: line.balance })}
      >
        <BlockStack gap="050">
          {line.why.map((reason) => (
            <span key={reason}>{reason}</span>
          ))}
        </BlockStack>
      </Why>
      {onReinstate ? (
        <Button
          variant="plain"
          disabled={busy}
          onClick={onReinstate}
          accessibilityLabel={`${t("reinstate.action")}: ${line.title}, ${line.at}, ${line.amount}`}
        >
          {t("reinstate.action")}
        </Button>
      ) : null}
    </Box>
  );
}
