import { BlockStack, SkeletonBodyText, Text } from "@shopify/polaris";
import type { PublishPreview } from "#app/loyalty/program/preview-publish.server.ts";
import type { TierNames } from "#app/loyalty/tiers/read-tier-names.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import type { Words } from "#app/components/shared/words.ts";

type Expiry = NonNullable<PublishPreview["expiry"]>;
type Move = NonNullable<PublishPreview["tiers"]>[number];

/** What publishing would do to the points and the members there are; nothing where it does nothing to them. */
export function PublishEffects({
  request,
  tierNames,
}: {
  request: { state: string; data: PublishPreview | undefined };
  /** Of the draft, and of every program before it: a member may hold a tier that is long gone. */
  tierNames: TierNames;
}) {
  const words = useAdmin();
  const preview = request.state === "idle" ? request.data : undefined;
  if (preview === undefined) return <SkeletonBodyText lines={2} />;
  return (
    <>
      {preview.expiry ? (
        <Effect
          title={words.t("publish.expiry.title")}
          lines={[...expiryLines(preview.expiry, words), words.t("publish.expiry.never")]}
        />
      ) : null}
      {preview.tiers ? (
        <Effect title={words.t("publish.tiers.title")} lines={tierLines(preview.tiers, tierNames, words)} />
      ) : null}
    </>
  );
}

function Effect({ title, lines }: { title: string; lines: string[] }) {
  return (
    <BlockStack gap="100">
      <Text as="h3" variant="headingSm">
        {title}
      </Text>
      {lines.map((line) => (
        <Text as="p" key={line}>
          {line}
        </Text>
      ))}
    </BlockStack>
  );
}

/** How many points of how many members get another date, keep theirs, or have none; and what lapses first. */
export function expiryLines(preview: Expiry, words: Words): string[] {
  const { t } = words;
  const { later, kept, undated, soonest } = preview;
  const lines: string[] = [];
  const tell = (key: Parameters<Words["t"]>[0], { members, points }: { members: number; points: number }) => {
    if (points > 0) lines.push(t(key, { count: members, points: words.points(points) }));
  };
  tell(later.until === null ? "publish.expiry.laterNever" : "publish.expiry.later", later);
  tell("publish.expiry.kept", kept);
  tell("publish.expiry.undated", undated);
  for (const { at, points } of soonest) {
    const date = words.date(new Date(Date.parse(at) - 1).toISOString());
    lines.push(t("publish.expiry.soonest", { points: words.points(points), date }));
  }
  return lines.length > 0 ? lines : [t("publish.expiry.nothing")];
}

/** How many members go from which tier to which, and when. */
export function tierLines(moves: readonly Move[], tierNames: TierNames, words: Words): string[] {
  const { t, locale } = words;
  const name = (id: string | null) => (id === null ? "–" : (tierNames[id]?.[locale] ?? id));
  if (moves.length === 0) return [t("publish.tiers.none")];
  return moves.map((move) => {
    const vars = { count: move.members, from: name(move.from), to: name(move.to) };
    if (move.gone) return t("publish.tiers.gone", vars);
    return t(move.up ? "publish.tiers.up" : "publish.tiers.down", vars);
  });
}
