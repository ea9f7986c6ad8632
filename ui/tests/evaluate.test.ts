// SPDX-License-Identifier: GPL-3.0-or-later
// The same list of what expressions mean as the program's own evaluator runs, and what a page does not know.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, holds, type Scope, type Tree } from "@/rules/evaluate";
import { jsonOf, UNKNOWN, valueOf, type Value } from "@/rules/value";
import crossed from "../../tests/playbook/crossed.json?raw";
import text from "../../tests/playbook/vectors.json?raw";

interface Vector {
  expr: string;
  values: Record<string, unknown>;
  result: unknown;
  tree: Tree;
}

const file = JSON.parse(text) as {
  zone: string;
  symbols: Record<string, { space: string; type: string }>;
  vectors: Vector[];
};

/** Names stand in a tree as their author wrote them. */
function scopeOf(values: Record<string, unknown>, hidden: ReadonlySet<string> = new Set()): Scope {
  return {
    zone: file.zone,
    get(space, name, key) {
      const written = file.symbols[name];
      if (written?.space !== space) throw new Error(`${name} is no ${space}`);
      if (hidden.has(name)) return UNKNOWN;
      const given = values[name];
      return valueOf(written.type, key === undefined ? given : (given as Record<string, unknown> | undefined)?.[key]);
    },
  };
}

function namesIn(tree: Tree): string[] {
  const own = tree.op === "name" || tree.op === "table" ? [tree.name!] : tree.over ? [tree.over.name] : [];
  return [...own, ...(tree.args ?? []).flatMap(namesIn)];
}

describe("the vectors that the program's evaluator runs", () => {
  it.each(file.vectors.map((vector, i) => [`${i} ${vector.expr}`, vector] as const))("%s", (_name, vector) => {
    expect(jsonOf(evaluate(vector.tree, scopeOf(vector.values)))).toEqual(vector.result);
    expect(holds(vector.tree, scopeOf(vector.values))).toBe(vector.result === true);
  });
});

describe("values at the edges", () => {
  it("come to what the program's evaluator makes of them", () => {
    const rows = JSON.parse(crossed) as Vector[];
    expect(rows.length).toBeGreaterThan(400);
    for (const { expr, tree, values, result } of rows)
      expect(jsonOf(evaluate(tree, scopeOf(values))), expr).toEqual(result);
  });
});

describe("what a page does not know", () => {
  const asked = file.vectors.filter((vector) => namesIn(vector.tree).length > 0);

  it("is never guessed: what is said holds whatever the hidden values are", () => {
    let said = 0;
    const values = fc.record({ of: fc.constantFrom(...asked), like: fc.constantFrom(...asked), hide: fc.nat() });
    fc.assert(
      fc.property(values, ({ of, like, hide }) => {
        const names = [...new Set(namesIn(of.tree))];
        const hidden = new Set(names.filter((_, i) => (hide >> i) % 2 === 0));
        const told: Value = evaluate(of.tree, scopeOf(of.values, hidden));
        if (told.type === "unknown") return;
        said++;
        const others = { ...of.values };
        for (const name of hidden) {
          delete others[name];
          if (name in like.values) others[name] = like.values[name];
        }
        expect(jsonOf(evaluate(of.tree, scopeOf(others)))).toEqual(jsonOf(told));
      }),
      { numRuns: 3000 },
    );
    expect(said).toBeGreaterThan(300);
  });

  it("is told where another part of the condition decides", () => {
    const fever: Tree = { op: "literal", type: "bool", value: true };
    const hidden: Tree = { op: "name", type: "bool", space: "entry", name: "reached" };
    const scope = scopeOf({}, new Set(["reached"]));
    expect(holds({ op: "or", type: "bool", args: [hidden, fever] }, scope)).toBe(true);
    expect(holds({ op: "and", type: "bool", args: [hidden, fever] }, scope)).toBe(null);
    expect(holds({ op: "not", type: "bool", args: [hidden] }, scope)).toBe(null);
  });

  it("is what a newer server's operator means", () => {
    expect(holds({ op: "nearby", type: "bool", args: [] }, scopeOf({}))).toBe(null);
    expect(evaluate({ op: "literal", type: "colour", value: "red" }, scopeOf({})).type).toBe("unknown");
  });
});
