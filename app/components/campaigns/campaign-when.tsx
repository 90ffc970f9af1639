import { BlockStack, Card, Checkbox, Text, TextField } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useCampaignEditor } from "./campaign-context.tsx";

/** From when to when, by the shop's clocks. */
export function CampaignWhen() {
  const { t, shop } = useAdmin();
  const { form, set } = useCampaignEditor().state;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("campaign.when.title")}
        </Text>
        <Moment
          path="starts"
          date={form.startsDate}
          time={form.startsTime}
          onChange={(startsDate, startsTime) => set({ startsDate, startsTime })}
        />
        {form.openEnd ? null : (
          <Moment
            path="ends"
            date={form.endsDate}
            time={form.endsTime}
            onChange={(endsDate, endsTime) => set({ endsDate, endsTime })}
          />
        )}
        <Checkbox
          label={t("campaign.openEnd")}
          checked={form.openEnd}
          onChange={(openEnd) => set({ openEnd })}
        />
        <Text as="p" tone="subdued">
          {t("campaign.zone", { zone: shop.timeZone })}
        </Text>
      </BlockStack>
    </Card>
  );
}

/** A day and a time of it: two fields, one setting. What is wrong with it stands under the day. */
function Moment(props: {
  path: "starts" | "ends";
  date: string;
  time: string;
  onChange(date: string, time: string): void;
}) {
  const { path, date, time, onChange } = props;
  const { t } = useAdmin();
  const { errorAt, touch } = useCampaignEditor().state;
  const error = errorAt(path);
  return (
    <div
      style={{
        display: "grid",
        gap: "var(--p-space-300)",
        gridTemplateColumns: "repeat(auto-fit, minmax(140px, 1fr))",
      }}
    >
      <TextField
        id={`field-${path}`}
        type="date"
        label={t(`campaign.${path}.date`)}
        value={date}
        onChange={(value) => onChange(value, time)}
        onBlur={() => touch(path)}
        autoComplete="off"
        {...(error ? { error } : {})}
      />
      <TextField
        id={`field-${path}-time`}
        type="time"
        label={t(`campaign.${path}.time`)}
        value={time}
        onChange={(value) => onChange(date, value)}
        onBlur={() => touch(path)}
        autoComplete="off"
        {...(error ? { error: true } : {})}
      />
    </div>
  );
}
