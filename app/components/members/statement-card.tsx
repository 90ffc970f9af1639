import { BlockStack, Box, Button, InlineStack, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ListCard } from "#app/components/shared/list-card.tsx";
import { Why } from "#app/components/shared/why.tsx";
import { statementLine } from "./statement-line.ts";
import type { StatementItem, StatementLine } from "./statement-line.ts";

interface StatementCardProps {
  items: StatementItem[];
  hasMore: boolean;
  loading: boolean;
  onMore(): void;
  /** The numbers of the entries whose points can be given back. */
  reinstatable: readonly number[];
  busy: boolean;
  onReinstate(seq: number): void;
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
      {items.map((item) => (
        <StatementRow
          key={item.seq}
          line={statementLine(item, words)}
          {...(reinstatable.includes(item.seq) ? { onReinstate: () => onReinstate(item.seq) } : {})}
          busy={busy}
        />
      ))}
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
