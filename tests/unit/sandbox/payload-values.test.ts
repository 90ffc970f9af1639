import { describe, expect, it } from "vitest";
import { presentmentMinor, raw, restId, restTime } from "#sandbox/webhooks/payload-values.ts";

describe("values of REST payloads", () => {
  it("writes ids digit by digit, beyond what a JavaScript number can hold", () => {
    expect(JSON.stringify({ id: restId("820982911946154508"), none: restId(null) })).toBe(
      '{"id":820982911946154508,"none":null}',
    );
    expect(JSON.stringify({ subtotal: raw("195.60") })).toBe('{"subtotal":195.60}');
  });

  it("writes instants in the shop's time with its offset, over a clock change too", () => {
    expect(restTime("2026-11-01T05:59:59.900Z", "America/New_York")).toBe("2026-11-01T01:59:59-04:00");
    expect(restTime("2026-11-01T06:00:00.000Z", "America/New_York")).toBe("2026-11-01T01:00:00-05:00");
    expect(restTime("2026-03-01T15:30:00Z", "Asia/Seoul")).toBe("2026-03-02T00:30:00+09:00");
    expect(restTime("2026-03-01T15:30:00Z", "Asia/Kathmandu")).toBe("2026-03-01T21:15:00+05:45");
    expect(restTime(null, "UTC")).toBeNull();
  });

  it("turns shop money into what the shopper saw, whatever the decimals", () => {
    const order = { currency: "KRW", presentment: { currency: "USD", rate: "0.00072" } };
    expect(presentmentMinor(order, 50_000)).toBe(3600);
    expect(presentmentMinor({ currency: "USD", presentment: { currency: "KWD", rate: "0.307" } }, 1000)).toBe(
      3070,
    );
    expect(presentmentMinor({ currency: "USD", presentment: null }, 1000)).toBe(1000);
  });
});
