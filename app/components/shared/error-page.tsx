import { isRouteErrorResponse, useRevalidator, useRouteError } from "@remix-run/react";
import { Banner, BlockStack, Page, Text } from "@shopify/polaris";
import { useAdmin } from "./admin-context.tsx";

/** Says what happened, what was not lost and what to do, in the place of the page that failed. */
export function ErrorPage() {
  const { t } = useAdmin();
  const { revalidate, state } = useRevalidator();
  const error = useRouteError();
  const kind = errorKind(error);
  return (
    <Page title={t(`error.${kind}.title`)} backAction={{ content: t("nav.home"), url: "/app" }}>
      <Banner
        tone={kind === "notFound" ? "warning" : "critical"}
        title={t(`error.${kind}.what`)}
        {...(kind === "notFound"
          ? {}
          : {
              action: {
                content: t("error.retry"),
                loading: state === "loading",
                onAction: () => void revalidate(),
              },
            })}
      >
        <BlockStack gap="200">
          <Text as="p">{t(`error.${kind}.next`)}</Text>
        </BlockStack>
      </Banner>
    </Page>
  );
}

type ErrorKind = "notFound" | "database" | "unexpected";

/** Chooses the words by status alone; what the server said stays in its log. */
export function errorKind(error: unknown): ErrorKind {
  if (!isRouteErrorResponse(error)) return "unexpected";
  if (error.status === 404) return "notFound";
  return error.status === 503 ? "database" : "unexpected";
}
