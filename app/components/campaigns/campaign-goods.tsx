import { BlockStack, Card, ChoiceList, Text } from "@shopify/polaris";
import { ListError } from "#app/components/program/fields.tsx";
import { GoodsField } from "#app/components/program/goods-field.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useCampaignEditor } from "./campaign-context.tsx";
import { GOODS_FIELDS } from "./campaign-form.ts";

/** Which goods take part: everything that earns, or what is named. */
export function CampaignGoods() {
  const { t } = useAdmin();
  const { form, set } = useCampaignEditor().state;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("campaign.goods.title")}
        </Text>
        <ChoiceList
          title={t("campaign.goods")}
          choices={(["all", "some"] as const).map((value) => ({
            value,
            label: t(`campaign.goods.${value}`),
          }))}
          selected={[form.goods]}
          onChange={([goods]) => set({ goods: goods === "some" ? "some" : "all" })}
        />
        {form.goods === "some" ? (
          <>
            <Text as="p" tone="subdued">
              {t("campaign.goods.help")}
            </Text>
            <ListError path="products" />
            {GOODS_FIELDS.map(([key, kind]) => (
              <GoodsField
                key={key}
                kind={kind}
                path={`products.${key}`}
                label={t(`campaign.goods.${key}`)}
                value={form.products[key]}
                onChange={(text) => set({ products: { ...form.products, [key]: text } })}
              />
            ))}
          </>
        ) : null}
      </BlockStack>
    </Card>
  );
}
