// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever the network, the server and the browser do, each entry is taken once, in its order, or told as refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bySeq, flush, ready, type Item, type Outcome, type Send, type Shelf } from "@/offline/queue";

function item(seq: number, more: Partial<Item> = {}): Item {
  return {
    id: `id-${seq}`,
    seq,
    command: "enter",
    body: { value: seq },
    matters: ["known"],
    entry: "check_in",
    title: { zh: "体温", en: "Reading" },
    whom: ["演甲"],
    form: "/field",
    madeAt: seq,
    state: "waiting",
    ...more,
  };
}

class Disk implements Shelf {
  constructor(readonly kept = new Map<string, Item>()) {}
  all(): Promise<Item[]> {
    return Promise.resolve([...this.kept.values()].map((one) => ({ ...one })));
  }
  put(one: Item): Promise<void> {
    this.kept.set(one.id, { ...one });
    return Promise.resolve();
  }
}

/** As the real one: an id is taken once, a later one with it is answered alike; what is wrong is refused each time. */
class Server {
  readonly taken: string[] = [];
  readonly matters = new Set(["known"]);
  one(sent: Item): Outcome {
    if (this.taken.includes(sent.id)) return { status: 200 };
    if (sent.body.wrong) return { status: 422, refusal: { code: "above_maximum", detail: "高于最大值", errors: [] } };
    if (!sent.matters.every((matter) => this.matters.has(matter)))
      return { status: 404, refusal: { code: "unknown_matter", detail: "没有这件事项", errors: [] } };
    this.taken.push(sent.id);
    if (sent.opens) this.matters.add(sent.opens);
    return { status: 201 };
  }
}

type Fault = "none" | "cut" | "lost" | "busy" | "half" | "killed";

class Killed extends Error {}

/** The n-th turn meets the n-th fault, and none when there are no more. */
function network(server: Server, faults: Fault[]): Send {
  return async (items) => {
    const fault = faults.shift() ?? "none";
    if (fault === "cut") return null;
    if (fault === "busy") return items.map(() => ({ status: 503 }));
    const taken = fault === "half" ? items.slice(0, Math.ceil(items.length / 2)) : items;
    const outcomes = taken.map((one) => server.one(one));
    if (fault === "killed") throw new Killed();
    if (fault === "lost") return null;
    return items.map((_, i) => outcomes[i] ?? null);
  };
}

const faults = fc.array(fc.constantFrom<Fault>("none", "cut", "lost", "busy", "half", "killed"), { maxLength: 12 });
const shapes = fc.array(fc.record({ wrong: fc.boolean(), opens: fc.boolean(), of: fc.nat(6) }), {
  minLength: 1,
  maxLength: 30,
});

/** Some open a matter, some are about one of those, some are wrong. */
function itemsOf(given: { wrong: boolean; opens: boolean; of: number }[]): Item[] {
  const opened: string[] = ["known"];
  return given.map(({ wrong, opens, of }, i) => {
    const about = opened[Math.min(of, opened.length - 1)]!;
    if (opens) opened.push(`matter-${i}`);
    return item(i + 1, {
      body: wrong ? { wrong: true } : { value: i },
      matters: opens ? [] : [about],
      ...(opens ? { opens: `matter-${i}` } : {}),
    });
  });
}

async function untilQuiet(disk: Disk, server: Server, given: Fault[]): Promise<void> {
  const send = network(server, given);
  for (let turn = 0; turn < 40; turn++) {
    try {
      if (await flush(disk, send, () => 1)) return;
    } catch (error) {
      if (!(error instanceof Killed)) throw error; // the page is opened again: all it knows is the disk
    }
  }
  throw new Error("never quiet");
}

describe("what waits to be sent", () => {
  it("is taken once each, in its order, whatever happens on the way", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, faults, async (given, met) => {
        const all = itemsOf(given);
        const disk = new Disk(new Map(all.map((one) => [one.id, one])));
        const server = new Server();
        await untilQuiet(disk, server, [...met]);
        const refusedOpenings = new Set(all.filter((one) => one.body.wrong && one.opens).map((one) => one.opens!));
        const held = (one: Item): boolean => one.matters.some((matter) => refusedOpenings.has(matter));
        const wanted = all.filter((one) => !one.body.wrong && !held(one)).map((one) => one.id);
        expect(server.taken).toEqual(wanted);
        for (const one of await disk.all()) {
          const was = all.find((other) => other.id === one.id)!;
          expect(one.state).toBe(held(was) ? "waiting" : was.body.wrong ? "refused" : "sent");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is taken once each where two tabs send it at the same time", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, faults, faults, async (given, one, other) => {
        const all = itemsOf(given);
        const kept = new Map(all.map((each) => [each.id, each]));
        const server = new Server();
        await Promise.all([
          untilQuiet(new Disk(kept), server, [...one]),
          untilQuiet(new Disk(kept), server, [...other]),
        ]);
        expect(new Set(server.taken).size).toBe(server.taken.length);
        expect(
          bySeq([...kept.values()]).filter(
            (each) => each.state === "waiting" && ready([...kept.values()]).includes(each),
          ),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("holds back only what was made in a matter that could not be opened", () => {
    const refused = item(1, { opens: "new", matters: [], state: "refused" });
    const inIt = item(2, { matters: ["new"] });
    const below = item(3, { matters: ["new"], opens: "newer" });
    const inThat = item(4, { matters: ["newer"] });
    const other = item(5);
    expect(ready([other, inThat, below, inIt, refused]).map((one) => one.seq)).toEqual([5]);
  });

  it("keeps nothing of what has arrived but that it has", async () => {
    const disk = new Disk(new Map([["id-1", item(1)]]));
    await flush(disk, network(new Server(), []), () => 77);
    expect((await disk.all())[0]).toMatchObject({ state: "sent", sentAt: 77, body: {} });
  });

  it("waits where the server answers that somebody has to sign in, or is busy", async () => {
    for (const status of [401, 429, 500, 503]) {
      const disk = new Disk(new Map([["id-1", item(1)]]));
      const refusal = { code: "x", detail: "x", errors: [] };
      expect(
        await flush(
          disk,
          async () => [{ status, refusal }],
          () => 1,
        ),
      ).toBe(false);
      expect((await disk.all())[0]!.state).toBe("waiting");
    }
  });
});
