import type { LoaderFunctionArgs } from "@remix-run/node";
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLoaderData,
  useRouteError,
  useRouteLoaderData,
} from "@remix-run/react";
import { useContext, type ReactNode } from "react";
import { NonceContext } from "#app/platform/http/nonce-context.ts";
import { readRootData } from "#app/platform/http/root-data.server.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return readRootData(request);
}

export const shouldRevalidate = () => false;

/** The document. App Bridge is its first script, as Shopify asks, on the pages that live inside the admin. */
export function Layout({ children }: { children: ReactNode }) {
  const data = useRouteLoaderData<typeof loader>("root");
  const nonce = useContext(NonceContext);
  return (
    <html lang={data?.locale ?? "en"}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        {data?.embedded === true ? <meta name="shopify-api-key" content={data.apiKey} /> : null}
        {data?.embedded === true ? <script src={data.appBridgeUrl} data-api-key={data.apiKey} /> : null}
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function Root() {
  useLoaderData<typeof loader>();
  return <Outlet />;
}

/** What people see when something of ours fails: that it did, in both languages, and nothing of how. */
export function ErrorBoundary() {
  const error = useRouteError();
  const status = isRouteErrorResponse(error) ? error.status : 500;
  const [english, korean] = wordsOf(status);
  return (
    <main
      style={{
        maxWidth: "32rem",
        margin: "15vh auto",
        padding: "0 1.5rem",
        font: "16px/1.6 system-ui, sans-serif",
      }}
    >
      <h1 style={{ fontSize: "1.375rem" }}>{english.title}</h1>
      <p>{english.text}</p>
      <h2 lang="ko" style={{ fontSize: "1.375rem", marginTop: "2.5rem" }}>
        {korean.title}
      </h2>
      <p lang="ko">{korean.text}</p>
    </main>
  );
}

interface Words {
  title: string;
  text: string;
}

function wordsOf(status: number): [Words, Words] {
  if (status === 404) {
    return [
      { title: "This page does not exist", text: "Check the address, or go back to where you came from." },
      { title: "찾을 수 없는 페이지예요", text: "주소를 확인하거나 이전 화면으로 돌아가 주세요." },
    ];
  }
  if (status === 401 || status === 403 || status === 410) {
    return [
      { title: "Open Dangol from your Shopify admin", text: "In Shopify, choose Apps and then Dangol." },
      {
        title: "Shopify 관리자에서 Dangol을 열어 주세요",
        text: "Shopify의 앱 메뉴에서 Dangol을 선택하세요.",
      },
    ];
  }
  return [
    {
      title: "Dangol cannot answer right now",
      text: "Nothing you entered was changed. Please try again in a minute.",
    },
    {
      title: "지금은 Dangol이 응답할 수 없어요",
      text: "입력한 내용은 바뀌지 않았어요. 잠시 후 다시 시도해 주세요.",
    },
  ];
}
