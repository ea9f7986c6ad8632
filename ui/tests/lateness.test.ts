// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Pressing } from "@/api/types";
import { byLateness } from "@/pages/late/lateness";

const row = (name: string, due_at: string | null): Pressing => ({ name, due_at, next_at: null });

describe("what is late", () => {
  it("is listed by how late it is, whatever escalates next", () => {
    const rows = [
      row("a", "2020-02-03T10:00:00+08:00"),
      row("none", null),
      row("b", "2020-02-01T10:00:00Z"),
      row("c", "2020-02-01T10:00:00+08:00"),
      row("also", null),
    ];
    expect(byLateness(rows).map((one) => one.name)).toEqual(["c", "b", "a", "none", "also"]);
    expect(rows[0]!.name).toBe("a");
  });
});
