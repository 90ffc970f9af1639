import { BlockStack, Card, Text } from "@shopify/polaris";
import { createWords } from "#app/components/shared/words.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useProgramEditor } from "./editor-context.tsx";
import { LocalizedFields, Sentence } from "./fields.tsx";

/** What points are called, in each language. */
export function NamesSection() {
  const { t, shop } = useAdmin();
  const { form, change, settings } = useProgramEditor();
  const { pointsName, pointsShort } = settings;
  const inEnglish = createWords({ ...shop, pointsName, pointsShort, locale: "en" });
  const inKorean = createWords({ ...shop, pointsName, pointsShort, locale: "ko" });
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("program.names.title")}
        </Text>
        <LocalizedFields
          path="pointsName"
          label={t("program.names.name")}
          value={form.pointsName}
          onChange={(value) => change((before) => ({ ...before, pointsName: value }))}
        />
        <LocalizedFields
          path="pointsShort"
          label={t("program.names.short")}
          value={form.pointsShort}
          onChange={(value) => change((before) => ({ ...before, pointsShort: value }))}
          helpText={t("program.names.short.help")}
        />
        <Sentence>
          {t("program.names.sentence", { en: inEnglish.points(1250), ko: inKorean.points(1250) })}
        </Sentence>
      </BlockStack>
    </Card>
  );
}
