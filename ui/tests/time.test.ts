// SPDX-License-Identifier: GPL-3.0-or-later
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockTime, dateTime, dayOf, duration, shortTime } from "@/base/time";
import { fromLocalText, localText } from "@/form/widgets";

const ZONE = "Asia/Shanghai";
const now = Date.parse("2020-02-03T20:00:00+08:00");

describe("times in the playbook's zone", () => {
  it("shows the zone's clock, whatever the phone's is", () => {
    expect(clockTime("2020-02-03T16:30:00Z", ZONE)).toBe("00:30");
    expect(dateTime("2020-02-03T16:30:00Z", ZONE, "zh", now)).toBe("2月4日 00:30");
    expect(dateTime("2020-02-03T16:30:00Z", ZONE, "en", now)).toBe("4 Feb, 00:30");
  });
  it("leaves the date away on the same day only", () => {
    expect(shortTime("2020-02-03T12:30:00Z", ZONE, "zh", now)).toBe("20:30");
    expect(shortTime("2020-02-03T16:30:00Z", ZONE, "zh", now)).toBe("2月4日 00:30");
    expect(shortTime("2020-02-02T15:59:00Z", ZONE, "en", now)).toBe("2 Feb, 23:59");
  });
  it("names another year", () => {
    expect(dateTime("2019-12-31T16:00:00Z", ZONE, "zh", now)).toBe("1月1日 00:00");
    expect(dateTime("2019-12-31T15:59:00Z", ZONE, "zh", now)).toBe("2019年12月31日 23:59");
    expect(dateTime("2019-12-31T15:59:00Z", ZONE, "en", now)).toBe("31 Dec 2019, 23:59");
  });
  it("knows midnight as the zone has it", () => {
    expect(dayOf(Date.parse("2020-02-03T15:59:59Z"), ZONE)).toBe(dayOf(now, ZONE));
    expect(dayOf(Date.parse("2020-02-03T16:00:00Z"), ZONE)).toBe(dayOf(now, ZONE) + 1);
  });
  it("tells durations in two units", () => {
    expect(duration(72 * 60_000, "zh")).toBe("1 小时 12 分");
    expect(duration(-72 * 60_000, "en")).toBe("1 h 12 min");
    expect(duration(((2 * 24 + 3) * 60 + 40) * 60_000, "zh")).toBe("2 天 3 小时");
    expect(duration((2 * 24 * 60 + 51) * 60_000, "zh")).toBe("2 天"); // minutes stand beside hours only
    expect(duration(10_000, "zh")).toBe("不到 1 分");
    expect(duration(24 * 3_600_000, "en")).toBe("1 day");
  });
});

describe("what is typed into a form", () => {
  it("comes back as it was, in every zone and year", () => {
    const zones = fc.constantFrom("Asia/Shanghai", "Europe/Dublin", "America/New_York", "Asia/Kathmandu", "UTC");
    const minutes = fc.integer({ min: Date.UTC(2000, 0, 1) / 60_000, max: Date.UTC(2040, 0, 1) / 60_000 });
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const text = localText(new Date(minute * 60_000).toISOString(), zone);
        expect(localText(fromLocalText(text, zone), zone)).toBe(text); // of two that read the same, one of them
      }),
    );
  });
  it("comes back as it was in the hour after one that is left out", () => {
    expect(fromLocalText("2026-03-08T03:00", "America/New_York")).toBe("2026-03-08T07:00:00.000Z");
  });
  it("takes the first of an hour that comes twice", () => {
    expect(fromLocalText("2020-11-01T01:30", "America/New_York")).toBe("2020-11-01T05:30:00.000Z");
    expect(fromLocalText("2020-02-03T20:00", ZONE)).toBe("2020-02-03T12:00:00.000Z");
  });
});
