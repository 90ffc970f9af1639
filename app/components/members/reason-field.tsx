import { TextField } from "@shopify/polaris";
import { useState } from "react";
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

/** A reason being typed: the field's props, and a way to go on only with one; what is missing is said from the first try on. */
export function useReason() {
  const [value, setValue] = useState("");
  const [tried, setTried] = useState(false);
  const reason = value.trim();
  return {
    field: { value, onChange: setValue, missing: tried && reason === "" },
    submit: (onSubmit: (reason: string) => void) => {
      setTried(true);
      if (reason !== "") onSubmit(reason);
    },
  };
}
