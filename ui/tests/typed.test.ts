// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { codeText, halfWidth, numberText } from "@/base/typed";

describe("what was typed in full width", () => {
  it("is the number that was meant, whichever point was typed", () => {
    for (const typed of ["３８．５", "３８。５", "38，5", "38、5", "　３８.５ ", "38.5"])
      expect(numberText(typed)).toBe("38.5");
    expect(numberText("－３")).toBe("-3");
    expect(numberText("38度5")).toBe("38度5");
  });
  it("is one text in codes and telephones, while words stay as they are", () => {
    expect(codeText("１１０１０５")).toBe("110105");
    expect(codeText("１３８００１３８０００")).toBe("13800138000");
    expect(codeText("11010119900101００１Ｘ")).toBe("11010119900101001X");
    expect(codeText("住３号楼，门锁着")).toBe("住３号楼，门锁着");
    expect(halfWidth("ＡＢ　１")).toBe("AB 1");
  });
});
