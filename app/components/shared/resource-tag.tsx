import { Button, Icon, Text } from "@shopify/polaris";
import { AlertTriangleIcon, CollectionIcon, ProductIcon, XSmallIcon } from "@shopify/polaris-icons";
import type { ResourceKind, ResourceTitle } from "#app/loyalty/insights/resource-title.ts";
import { useAdmin } from "./admin-context.tsx";

const PICTURE = { inlineSize: "1.5rem", blockSize: "1.5rem", flex: "none" } as const;

/** One chosen thing: its picture, its name, and a button that takes it out. */
export function ResourceTag(props: {
  kind: ResourceKind;
  value: string;
  title: ResourceTitle | undefined;
  onRemove(): void;
}) {
  const { kind, value, title, onRemove } = props;
  const { t } = useAdmin();
  const gone = title?.outcome === "gone";
  const name = nameOf();

  function nameOf(): string {
    if (title?.outcome === "found") return title.title;
    // What is no id is shown as it was typed.
    if (!/^\d+$/u.test(value)) return value;
    return t(gone ? `resource.gone.${kind}` : `resource.unnamed.${kind}`, { id: value });
  }

  return (
    <li
      style={{
        display: "flex",
        alignItems: "center",
        gap: "var(--p-space-200)",
        maxInlineSize: "100%",
        paddingInlineStart: "var(--p-space-100)",
        paddingBlock: "1px",
        borderRadius: "var(--p-border-radius-200)",
        background: gone ? "var(--p-color-bg-surface-caution)" : "var(--p-color-bg-surface-secondary)",
      }}
    >
      <span style={PICTURE}>
        {title?.outcome === "found" && title.image ? (
          <img
            src={title.image}
            alt=""
            loading="lazy"
            style={{
              ...PICTURE,
              display: "block",
              objectFit: "cover",
              borderRadius: "var(--p-border-radius-100)",
            }}
          />
        ) : (
          <Icon
            source={gone ? AlertTriangleIcon : kind === "collection" ? CollectionIcon : ProductIcon}
            tone={gone ? "caution" : "subdued"}
          />
        )}
      </span>
      <span style={{ minInlineSize: 0 }}>
        <Text as="span" truncate>
          {name}
        </Text>
      </span>
      <Button
        variant="tertiary"
        icon={XSmallIcon}
        accessibilityLabel={t("resource.remove", { name })}
        onClick={onRemove}
      />
    </li>
  );
}
