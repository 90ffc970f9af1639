import { BlockStack, Button, Card, Checkbox, InlineStack, Text, TextField } from "@shopify/polaris";
import { useRef, useState } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { CardHeading } from "#app/components/shared/card-heading.tsx";

/** Opens the browser's choice of files. The same name again is a choice too: it may be the mended file. */
export function chooseFile(input: Pick<HTMLInputElement, "value" | "click"> | null): void {
  if (!input) return;
  input.value = "";
  input.click();
}

/** Chooses a file and says why; the file is only read and checked. */
export function ImportForm({ busy, onUpload }: { busy: boolean; onUpload(form: FormData): void }) {
  const { t } = useAdmin();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [reason, setReason] = useState("");
  const [allowDebt, setAllowDebt] = useState(false);
  const upload = () => {
    if (file === null) return;
    const form = new FormData();
    // Before the file, which is read as it comes in.
    form.set("reason", reason);
    form.set("allowDebt", String(allowDebt));
    form.set("file", file);
    onUpload(form);
  };
  return (
    <Card>
      <BlockStack gap="400">
        <CardHeading title={t("import.form.title")} help={t("import.form.text")} />
        <input
          ref={input}
          type="file"
          accept=".csv,.txt,text/csv"
          hidden
          aria-label={t("import.form.choose")}
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
        <InlineStack gap="300" blockAlign="center">
          <Button onClick={() => chooseFile(input.current)}>{t("import.form.choose")}</Button>
          <Text as="span" tone={file ? "base" : "subdued"} breakWord>
            {file?.name ?? t("import.form.none")}
          </Text>
        </InlineStack>
        <TextField
          label={t("import.form.reason")}
          helpText={t("import.form.reason.help")}
          value={reason}
          onChange={setReason}
          maxLength={200}
          autoComplete="off"
        />
        <Checkbox
          label={t("import.form.allowDebt")}
          helpText={t("import.form.allowDebt.help")}
          checked={allowDebt}
          onChange={setAllowDebt}
        />
        <InlineStack align="end">
          <Button
            variant="primary"
            loading={busy}
            disabled={file === null || reason.trim() === ""}
            onClick={upload}
          >
            {t("import.form.check")}
          </Button>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}
