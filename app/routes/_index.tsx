import { redirect, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useRouteLoaderData } from "@remix-run/react";
import type { loader as rootLoader } from "#app/root.tsx";

export const meta: MetaFunction = () => [{ title: "Dangol" }, { name: "robots", content: "noindex" }];

/** A visit from the Shopify admin goes on to the app, its query with it; anybody else reads what this is. */
export function loader({ request }: LoaderFunctionArgs) {
  const { search, searchParams } = new URL(request.url);
  if (searchParams.has("shop") && searchParams.has("host")) throw redirect(`/app${search}`);
  return null;
}

const WORDS = {
  en: "A loyalty program for your Shopify store. Open it from your Shopify admin, under Apps.",
  ko: "Shopify 스토어를 위한 적립 프로그램입니다. Shopify 관리자의 앱 메뉴에서 열어 주세요.",
};

export default function Index() {
  const data = useRouteLoaderData<typeof rootLoader>("root");
  return (
    <main
      style={{
        maxWidth: "32rem",
        margin: "20vh auto",
        padding: "0 1.5rem",
        font: "18px/1.6 system-ui, sans-serif",
      }}
    >
      <h1 style={{ fontSize: "1.75rem" }}>Dangol 단골</h1>
      <p>{WORDS[data?.locale ?? "en"]}</p>
    </main>
  );
}
