import { describe, expect, it } from "vitest";
import { formFromSettings } from "#app/components/program/program-form.ts";
import { sectionOfPath, settingsFromForm } from "#app/components/program/program-issues.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { programSettings } from "#app/loyalty/program/settings.ts";

const usd = defaultSettings({ currency: "USD", currencyExponent: 2 });

/** What is beside which field after the form was changed like that. */
function issuesAfter(change: (form: ReturnType<typeof formFromSettings>) => void) {
  const form = formFromSettings(usd, 2);
  change(form);
  const read = settingsFromForm(form, 2);
  return read.ok ? [] : read.issues.map(({ path, code }) => [path, code]);
}

describe("settings of expiry and tiers", () => {
  it("of a version from before they were there mean what they meant", () => {
    const { reminderDays, reinstateDays, tierRules, ...old } = structuredClone(usd);
    const tiers = old.tiers.map(({ retainMinor: _r, entryPoints: _e, invitationOnly: _i, ...tier }) => tier);
    const parsed = programSettings.parse({ ...old, tiers });
    expect(parsed).toEqual(usd);
    expect([reminderDays, reinstateDays]).toEqual([[30, 7, 1], 30]);
    expect(tierRules).toEqual({ basis: "spent", window: "calendar_year", graceDays: 0, noticeDays: 30 });
    expect(parsed.tiers[1]).toMatchObject({ retainMinor: null, entryPoints: 0, invitationOnly: false });
  });

  it.each([
    [{ kind: "none" }],
    [{ kind: "inactivity", months: 6 }],
    [{ kind: "calendar", month: 2, day: 29 }],
  ] as const)("go through the editor's form and back: %o", (expiry) => {
    const settings = structuredClone({ ...usd, expiry, reminderDays: [14, 2], reinstateDays: 0 });
    settings.tierRules = { basis: "orders", window: "lifetime", graceDays: 5, noticeDays: 0 };
    settings.tiers[1] = { ...settings.tiers[1]!, thresholdMinor: 3, retainMinor: 2, entryPoints: 50 };
    settings.tiers[2] = { ...settings.tiers[2]!, thresholdMinor: 9, invitationOnly: true };
    const form = formFromSettings(settings, 2);
    expect(form.tiers[1]).toMatchObject({ threshold: "3", retain: "2" });
    expect(settingsFromForm(form, 2)).toEqual({ ok: true, settings });
  });

  it("ask nothing of the order of tiers that are by invitation, nor of what once entered them", () => {
    const invited = (form: Parameters<Parameters<typeof issuesAfter>[0]>[0]) => {
      form.tiers[1]!.invitationOnly = true;
      form.tiers[1]!.threshold = "5,000.00";
      form.tiers[1]!.retain = "6,000.00";
      form.tiers[2]!.retain = "100.00";
    };
    expect(issuesAfter(invited)).toEqual([]);
    expect(
      issuesAfter((form) => {
        invited(form);
        form.tiers[2]!.threshold = "0";
        form.tiers[2]!.retain = "";
      }),
    ).toEqual([["tiers.2.thresholdMinor", "threshold_order"]]);
  });

  it("that were stored with a lower one to be kept still parse", () => {
    const settings = structuredClone(usd);
    settings.tiers[2]!.retainMinor = 100;
    expect(programSettings.parse(settings)).toEqual(settings);
  });

  it("are refused beside the field that makes no sense", () => {
    expect(issuesAfter((form) => (form.tiers[2]!.threshold = "300.00"))).toEqual([
      ["tiers.2.thresholdMinor", "threshold_order"],
    ]);
    expect(issuesAfter((form) => (form.tiers[1]!.retain = "300.01"))).toEqual([
      ["tiers.1.retainMinor", "retain_above_entry"],
    ]);
    expect(issuesAfter((form) => (form.tiers[2]!.retain = "299.99"))).toEqual([
      ["tiers.2.retainMinor", "retain_order"],
    ]);
    expect(issuesAfter((form) => (form.tiers[2]!.retain = "300.00"))).toEqual([]);
    expect(issuesAfter((form) => (form.tiers[0]!.invitationOnly = true))).toEqual([
      ["tiers.0.invitationOnly", "first_tier_is_everyones"],
    ]);
    expect(issuesAfter((form) => (form.tiers[0]!.entryPoints = "5"))).toEqual([
      ["tiers.0.entryPoints", "first_tier_is_everyones"],
    ]);
    expect(issuesAfter((form) => (form.tierRules.graceDays = "-1"))).toEqual([
      ["tierRules.graceDays", "too_small"],
    ]);
    expect(issuesAfter((form) => (form.reminderDays = "30, soon"))).toEqual([
      ["reminderDays", "not_a_number"],
    ]);
    expect(issuesAfter((form) => (form.reminderDays = "1 2 3 4 5 6"))).toEqual([
      ["reminderDays", "too_many"],
    ]);
    expect(issuesAfter((form) => (form.reinstateDays = "900"))).toEqual([["reinstateDays", "too_big"]]);
    const calendar = { kind: "calendar", months: "", month: "2", day: "30" } as const;
    expect(issuesAfter((form) => (form.expiry = calendar))).toEqual([["expiry.day", "day_not_in_month"]]);
    expect(issuesAfter((form) => (form.expiry = { ...calendar, month: "13" }))[0]).toEqual([
      "expiry.month",
      "too_big",
    ]);
  });

  it("are found again in the section that shows them", () => {
    expect(sectionOfPath("tierRules.graceDays")).toBe("tiers");
    expect(sectionOfPath("reminderDays")).toBe("expiry");
    expect(sectionOfPath("expiry.day")).toBe("expiry");
  });
});
