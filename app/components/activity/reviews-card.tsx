import { Box, BlockStack, Button, InlineStack, Link, Text } from "@shopify/polaris";
import { useState } from "react";
import type { CustomerLabels } from "#app/loyalty/insights/customer-names.server.ts";
import type { ReferralUnderReview } from "#app/loyalty/referrals/read-reviews.server.ts";
import { memberName } from "#app/components/members/member-table.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { ListCard } from "#app/components/shared/list-card.tsx";
import { useSettled } from "#app/components/shared/use-settled.ts";

interface ReviewsCardProps {
  reviews: ReferralUnderReview[];
  /** How many wait beyond those shown. */
  more: number;
  labels: CustomerLabels;
  /** What the member gets for a friend. */
  points: number;
  busy: boolean;
  onReward(referralId: string): void;
  onRefuse(referralId: string): void;
}

const NO_LABELS: CustomerLabels = {};

/** The card where there is something to decide, and nothing where there is not. */
export function ReviewsSection(props: {
  reviews: ReferralUnderReview[];
  more: number;
  points: number;
  labels: Promise<CustomerLabels>;
  busy: boolean;
  post(fields: Record<string, string>): void;
}) {
  const { labels, post, ...card } = props;
  const names = useSettled<CustomerLabels>(labels, NO_LABELS);
  if (card.reviews.length === 0) return null;
  return (
    <Box paddingBlockEnd="400">
      <ReviewsCard
        {...card}
        labels={names}
        onReward={(referralId) => post({ intent: "reward-referral", referralId })}
        onRefuse={(referralId) => post({ intent: "refuse-referral", referralId })}
      />
    </Box>
  );
}

/** Referrals that wait for the merchant, each with why. Refusing asks first, since it cannot be taken back. */
export function ReviewsCard({ reviews, more, labels, points, busy, onReward, onRefuse }: ReviewsCardProps) {
  const words = useAdmin();
  const { t } = words;
  const [asking, setAsking] = useState<ReferralUnderReview | null>(null);
  const nameOf = (review: ReferralUnderReview) => memberName(review, labels, words);
  return (
    <>
      <ListCard
        title={t("reviews.title")}
        help={t("reviews.help")}
        empty={t("reviews.empty")}
        below={
          more > 0 ? (
            <Text as="p" tone="subdued">
              {t("reviews.more", { count: more })}
            </Text>
          ) : null
        }
      >
        {reviews.map((review) => (
          <ReviewRow
            key={review.referralId}
            review={review}
            name={nameOf(review)}
            points={words.points(points)}
            busy={busy}
            onReward={() => onReward(review.referralId)}
            onAsk={() => setAsking(review)}
          />
        ))}
      </ListCard>
      <AskDialog
        open={asking !== null}
        title={t("reviews.refuse.title", { name: asking ? nameOf(asking) : "" })}
        confirm={t("reviews.refuse.confirm")}
        destructive
        busy={busy}
        onClose={() => setAsking(null)}
        onConfirm={() => {
          if (asking) onRefuse(asking.referralId);
          setAsking(null);
        }}
      >
        <Text as="p">
          {t("reviews.refuse.text", { order: asking ? orderOf(asking) : "", points: words.points(points) })}
        </Text>
      </AskDialog>
    </>
  );
}

function orderOf({ orderName, orderId }: ReferralUnderReview): string {
  return orderName ?? orderId;
}

function ReviewRow(props: {
  review: ReferralUnderReview;
  name: string;
  points: string;
  busy: boolean;
  onReward(): void;
  onAsk(): void;
}) {
  const words = useAdmin();
  const { t } = words;
  const { review, name, points, busy, onReward, onAsk } = props;
  const about = `${name}, ${orderOf(review)}`;
  return (
    <BlockStack gap="150">
      <Box>
        <Link url={`/app/members/${review.advocateId}`} monochrome removeUnderline>
          <Text as="span" fontWeight="semibold" breakWord>
            {name}
          </Text>
        </Link>
        <Text as="p" variant="bodySm" tone="subdued">
          {t("reviews.order", { order: orderOf(review), date: words.date(review.orderedAt) })}
        </Text>
      </Box>
      <Text as="p">{t(`reviews.reason.${review.reason}`)}</Text>
      <InlineStack gap="200">
        <Button
          disabled={busy}
          onClick={onReward}
          accessibilityLabel={`${t("reviews.reward", { points })}: ${about}`}
        >
          {t("reviews.reward", { points })}
        </Button>
        <Button
          disabled={busy}
          variant="tertiary"
          tone="critical"
          onClick={onAsk}
          accessibilityLabel={`${t("reviews.refuse")}: ${about}`}
        >
          {t("reviews.refuse")}
        </Button>
      </InlineStack>
    </BlockStack>
  );
}
