import { BlockStack, Card, Checkbox, InlineError, Select, Text } from "@shopify/polaris";
import { ORDER_SOURCES } from "#app/loyalty/program/earn-settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import type { EarnForm } from "./earn-form.ts";
import { useProgramEditor } from "./editor-context.tsx";
import { NumberField } from "./fields.tsx";

const CAPS = ["perOrder", "perDay", "perMember"] as const;

/** What else of an order earns, from where, and how much at most. */
export function EarnLimits() {
  const { t, locale } = useAdmin();
  const { form, change, settings, errorAt, touch } = useProgramEditor();
  const { earn } = form;
  const set = (part: Partial<EarnForm>) =>
    change((before) => ({ ...before, earn: { ...before.earn, ...part } }));
  const noSource = errorAt("earn.sources");
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("program.limits.title")}
        </Text>
        <Select
          label={t("program.shipping")}
          value={earn.shipping}
          options={(["excluded", "earns"] as const).map((value) => ({
            value,
            label: t(`program.shipping.${value}`),
          }))}
          onChange={(shipping) => set({ shipping: shipping as EarnForm["shipping"] })}
        />
        <Select
          label={t("program.tender")}
          value={earn.tender}
          options={(["money", "all"] as const).map((value) => ({
            value,
            label: t(`program.tender.${value}`),
          }))}
          onChange={(tender) => set({ tender: tender as EarnForm["tender"] })}
          helpText={t("program.tender.help")}
        />
        <BlockStack gap="200">
          <Text as="h3" variant="headingSm">
            {t("program.sources.title")}
          </Text>
          {ORDER_SOURCES.map((source) => (
            <Checkbox
              key={source}
              id={source === ORDER_SOURCES[0] ? "field-earn.sources" : `field-earn.sources.${source}`}
              label={t(`program.source.${source}`)}
              checked={earn.sources[source]}
              onChange={(on) => {
                touch("earn.sources");
                set({ sources: { ...earn.sources, [source]: on } });
              }}
            />
          ))}
          {noSource ? <InlineError message={noSource} fieldID="field-earn.sources" /> : null}
        </BlockStack>
        <BlockStack gap="300">
          <Text as="h3" variant="headingSm">
            {t("program.caps.title")}
          </Text>
          {CAPS.map((cap) => (
            <NumberField
              key={cap}
              path={`earn.caps.${cap}`}
              label={t(`program.cap.${cap}`)}
              value={earn.caps[cap]}
              onChange={(points) => set({ caps: { ...earn.caps, [cap]: points } })}
              suffix={settings.pointsShort[locale]}
              helpText={t("program.caps.help")}
            />
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}
