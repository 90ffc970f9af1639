import { Badge, BlockStack, IndexTable, InlineStack, Link, Text, useBreakpoints } from "@shopify/polaris";
import type { MemberListRow } from "#app/loyalty/insights/read-members.server.ts";
import type { CustomerLabels } from "#app/loyalty/insights/customer-names.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { TierSeal } from "#app/components/shared/tier-seal.tsx";
import type { SealShape } from "#app/components/shared/tier-seal.tsx";
import type { Words } from "#app/components/shared/words.ts";

export interface TierLabel {
  id: string;
  name: string;
  shape: SealShape;
  color: string;
}

interface MemberTableProps {
  rows: MemberListRow[];
  labels: CustomerLabels;
  tiers: TierLabel[];
  empty: React.ReactNode;
  pagination: { hasNext: boolean; hasPrevious: boolean; onNext(): void; onPrevious(): void };
}

/** Members, a row each; the name opens the member. On a phone a row is a short card. */
export function MemberTable({ rows, labels, tiers, empty, pagination }: MemberTableProps) {
  const words = useAdmin();
  const { t } = words;
  const { smDown } = useBreakpoints();
  return (
    <IndexTable
      resourceName={{ singular: t("members.one"), plural: t("members.many") }}
      itemCount={rows.length}
      selectable={false}
      condensed={smDown}
      emptyState={empty}
      headings={[
        { title: t("members.column.name") },
        { title: t("members.column.tier") },
        { title: t("members.column.available"), alignment: "end" },
        { title: t("members.column.pending"), alignment: "end" },
        { title: t("members.column.held"), alignment: "end" },
        { title: t("members.column.joined") },
      ]}
      pagination={pagination}
    >
      {rows.map((row, position) => {
        const shown = {
          row,
          name: memberName(row, labels, words),
          tier: tiers.find((tier) => tier.id === row.tierId),
        };
        return (
          <IndexTable.Row key={row.memberId} id={row.memberId} position={position}>
            {smDown ? <Condensed {...shown} /> : <Cells {...shown} />}
          </IndexTable.Row>
        );
      })}
    </IndexTable>
  );
}

interface Shown {
  row: MemberListRow;
  name: string;
  tier: TierLabel | undefined;
}

function Cells({ row, name, tier }: Shown) {
  const words = useAdmin();
  return (
    <>
      <IndexTable.Cell>
        <InlineStack gap="200" blockAlign="center" wrap={false}>
          <NameLink row={row} name={name} />
          <StateBadges row={row} />
        </InlineStack>
      </IndexTable.Cell>
      <IndexTable.Cell>{tier ? <TierName tier={tier} /> : null}</IndexTable.Cell>
      <NumberCell value={words.plainPoints(row.available)} />
      <NumberCell value={row.pending === 0 ? "" : words.plainPoints(row.pending)} />
      <NumberCell value={row.held === 0 ? "" : words.plainPoints(row.held)} />
      <IndexTable.Cell>{words.date(row.joinedAt)}</IndexTable.Cell>
    </>
  );
}

function Condensed({ row, name, tier }: Shown) {
  const words = useAdmin();
  return (
    <div style={{ padding: "var(--p-space-300) var(--p-space-400)", inlineSize: "100%" }}>
      <BlockStack gap="100">
        <InlineStack align="space-between" blockAlign="start" gap="300" wrap={false}>
          <NameLink row={row} name={name} />
          <Text as="span" numeric fontWeight="medium">
            {words.plainPoints(row.available)}
          </Text>
        </InlineStack>
        <InlineStack gap="200" blockAlign="center">
          {tier ? <TierName tier={tier} /> : null}
          <StateBadges row={row} />
        </InlineStack>
      </BlockStack>
    </div>
  );
}

function NameLink({ row, name }: Omit<Shown, "tier">) {
  return (
    <Link url={`/app/members/${row.memberId}`} dataPrimaryLink monochrome removeUnderline>
      <Text as="span" fontWeight="semibold" truncate>
        {name}
      </Text>
    </Link>
  );
}

function StateBadges({ row }: { row: MemberListRow }) {
  const { t } = useAdmin();
  return (
    <>
      {row.state === "blocked" ? <Badge tone="attention">{t("member.state.blocked")}</Badge> : null}
      {row.available < 0 ? <Badge tone="warning">{t("member.owed")}</Badge> : null}
    </>
  );
}

function TierName({ tier }: { tier: TierLabel }) {
  return (
    <InlineStack gap="150" blockAlign="center" wrap={false}>
      <TierSeal shape={tier.shape} color={tier.color} size={16} />
      <Text as="span">{tier.name}</Text>
    </InlineStack>
  );
}

function NumberCell({ value }: { value: string }) {
  return (
    <IndexTable.Cell>
      <Text as="span" numeric alignment="end">
        {value}
      </Text>
    </IndexTable.Cell>
  );
}

/** What to call a member: as Shopify does today, else by the customer's number. */
export function memberName(
  member: { customerId: string | null },
  labels: CustomerLabels,
  words: Pick<Words, "t">,
): string {
  if (member.customerId === null) return words.t("member.erasedName");
  return labels[member.customerId]?.name ?? words.t("member.number", { id: member.customerId });
}
