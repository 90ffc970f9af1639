import { TextField } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

/** Why it is done: kept with what was done. */
export function ReasonField(props: { value: string; onChange(value: string): void; missing: boolean }) {
  const { value, onChange, missing } = props;
  const { t } = useAdmin();
  return (
    <TextField
      label={t("adjust.reason")}
      value={value}
      onChange={onChange}
      autoComplete="off"
      maxLength={200}
      {...(missing ? { error: t("adjust.error.reason_missing") } : {})}
    />
  );
}
