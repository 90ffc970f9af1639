import { AppProvider } from "@shopify/polaris";
import polarisEn from "@shopify/polaris/locales/en.json";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ImportCard, isWorking } from "#app/components/importing/import-card.tsx";
import { chooseFile } from "#app/components/importing/import-form.tsx";
import { AdminProvider } from "#app/components/shared/admin-context.tsx";
import { FALLBACK_SHOP } from "#app/components/shared/fallback-shop.ts";

test.each([
  ["reading", true, false],
  ["checking", true, false],
  ["checked", true, true],
  ["applying", false, false],
  ["done", false, false],
  ["cancelled", false, false],
] as const)("an import that is %s can be cancelled: %s, applied: %s", (status, cancels, applies) => {
  const page = renderToStaticMarkup(
    <AppProvider i18n={polarisEn}>
      <AdminProvider shop={FALLBACK_SHOP}>
        <ImportCard
          view={{
            importId: "i",
            status,
            profile: null,
            fileName: "points.csv",
            reason: "r",
            allowDebt: false,
            createdAt: "2026-11-20T17:00:00Z",
            progress: {
              lines: 3,
              unchecked: 0,
              ready: 3,
              posted: 0,
              skipped: 0,
              bad: 0,
              pointsToAdd: 3,
              pointsToTake: 0,
            },
            problems: [],
          }}
          busy={false}
          onAct={() => undefined}
        />
      </AdminProvider>
    </AppProvider>,
  );
  expect([page.includes("Cancel import"), /Polaris-Button--variantPrimary/u.test(page)]).toEqual([
    cancels,
    applies,
  ]);
});

test("what is being read, checked or posted is looked at again", () => {
  expect((["reading", "checking", "applying", "checked", "done"] as const).filter(isWorking)).toEqual([
    "reading",
    "checking",
    "applying",
  ]);
});

test("a mended file of the same name can be chosen again: the choice before it is forgotten first", () => {
  const chosen: string[] = [];
  const input = { value: "C:\\fakepath\\points.csv", click: () => chosen.push(input.value) };
  chooseFile(input);
  expect(chosen).toEqual([""]);
});
