// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever the network, the server and the browser do, each entry is taken once, in its order, or told as refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bySeq, flush, HELD_MS, ready } from "@/offline/queue";
import type { Item, Outcome, QueuedPhoto, Send, Shelf, Upload } from "@/offline/queue";

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
  readonly photos: string[] = [];
  photo({ name, matter }: QueuedPhoto): Outcome {
    if (!this.matters.has(matter))
      return { status: 404, refusal: { code: "unknown_matter", detail: "没有这件事项", errors: [] } };
    if (name.startsWith("bad"))
      return { status: 415, refusal: { code: "unsupported_media_type", detail: "不是照片", errors: [] } };
    this.photos.push(name);
    return { status: 201 };
  }
  one(sent: Item): Outcome {
    const made = sent.command === "register_person" ? { made: `person-of-${sent.id}` } : {};
    if (this.taken.includes(sent.id)) return { status: 200, ...made };
    if (sent.body.wrong) return { status: 422, refusal: { code: "above_maximum", detail: "高于最大值", errors: [] } };
    if (!(sent.needs ?? []).every((id) => this.taken.includes(id)))
      return { status: 422, refusal: { code: "unknown_person", detail: "没有此人", errors: [] } };
    if (!sent.matters.every((matter) => this.matters.has(matter)))
      return { status: 404, refusal: { code: "unknown_matter", detail: "没有这件事项", errors: [] } };
    const lacks = sent.photos?.some((photo) => !this.photos.includes(photo.name));
    if (lacks) return { status: 422, refusal: { code: "unknown_file", detail: "没有这张照片", errors: [] } };
    this.taken.push(sent.id);
    if (sent.opens) this.matters.add(sent.opens);
    return { status: 201, ...made };
  }
}

type Fault = "none" | "cut" | "lost" | "busy" | "half" | "killed";

const noPhotos: Upload = async () => {
  throw new Error("there is no photo");
};

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

function uploads(server: Server, faults: Fault[]): Upload {
  return async (photo) => {
    const fault = faults.shift() ?? "none";
    if (fault === "cut") return null;
    if (fault === "busy") return { status: 503 };
    const outcome = server.photo(photo);
    if (fault === "killed") throw new Killed();
    return fault === "lost" || fault === "half" ? null : outcome;
  };
}

const faults = fc.array(fc.constantFrom<Fault>("none", "cut", "lost", "busy", "half", "killed"), { maxLength: 12 });
type Shape = { wrong: boolean; opens: boolean; of: number; photo: "none" | "good" | "bad"; newcomer: boolean };
const shapes: fc.Arbitrary<Shape[]> = fc.array(
  fc.record({
    wrong: fc.boolean(),
    opens: fc.boolean(),
    of: fc.nat(6),
    newcomer: fc.boolean(),
    photo: fc.constantFrom<Shape["photo"]>("none", "none", "good", "bad"),
  }),
  { minLength: 1, maxLength: 30 },
);

/** Some open a matter, of these some about whom another registers, some are about one of those, some have a photo, some are wrong. */
function itemsOf(given: Shape[]): Item[] {
  const opened: string[] = ["known"];
  return given.flatMap(({ wrong, opens, of, photo, newcomer }, n) => {
    const i = 2 * n;
    const about = opened[Math.min(of, opened.length - 1)]!;
    if (opens) opened.push(`matter-${i}`);
    const before = opens && newcomer ? [item(i, { id: `new-${i}`, command: "register_person", matters: [] })] : [];
    if (before[0] && wrong) before[0].body = { wrong: true }; // what it is needed for waits
    const opening = item(i + 1, {
      body: wrong && before.length === 0 ? { wrong: true } : { value: i },
      ...(before.length > 0 ? { needs: before.map((one) => one.id) } : {}),
      matters: opens ? [] : [about],
      ...(opens ? { opens: `matter-${i}` } : {}),
      ...(opens || photo === "none" ? {} : { photos: [{ name: `${photo}-${i}`, matter: about, bytes: 1 }] }),
    });
    return [...before, opening];
  });
}

async function untilQuiet(disk: Disk, server: Server, given: Fault[]): Promise<void> {
  const send = network(server, given);
  const upload = uploads(server, given);
  for (let turn = 0; turn < 40; turn++) {
    try {
      if (await flush(disk, send, upload, () => 1)) return;
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
        const refused = new Set(all.filter((one) => one.body.wrong).flatMap((one) => [one.id, one.opens ?? one.id]));
        const held = (one: Item): boolean => [...one.matters, ...(one.needs ?? [])].some((id) => refused.has(id));
        for (const one of all) if (held(one) && one.opens) refused.add(one.opens);
        const isWrong = (one: Item): boolean => !!one.body.wrong || !!one.photos?.[0]?.name.startsWith("bad");
        const wanted = all.filter((one) => !isWrong(one) && !held(one)).map((one) => one.id);
        expect([...server.taken].sort()).toEqual([...wanted].sort());
        expect(server.taken.length).toBe(wanted.length);
        for (const matter of new Set(all.flatMap((one) => one.matters))) {
          const inIt = (id: string): boolean => all.find((one) => one.id === id)!.matters.includes(matter);
          expect(server.taken.filter(inIt)).toEqual(wanted.filter(inIt));
        }
        for (const one of await disk.all()) {
          const was = all.find((other) => other.id === one.id)!;
          expect(one.state).toBe(held(was) ? "waiting" : isWrong(was) ? "refused" : "sent");
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
    await flush(disk, network(new Server(), []), noPhotos, () => 77);
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
          noPhotos,
          () => 1,
        ),
      ).toBe(false);
      expect((await disk.all())[0]!.state).toBe("waiting");
    }
  });

  it("sends a photo before its entry, and what does not come after that in the same matter before both", async () => {
    const order: string[] = [];
    const photo = { name: "photo", matter: "known", bytes: 1 };
    const all = [item(1, { photos: [photo] }), item(2), item(3, { matters: ["other"] })];
    const disk = new Disk(new Map(all.map((one) => [one.id, one])));
    const send: Send = async (items) => {
      order.push(...items.map((one) => one.id));
      return items.map(() => ({ status: 201 }));
    };
    const upload: Upload = async ({ name }) => {
      order.push(name);
      return { status: 201 };
    };
    expect(await flush(disk, send, upload, () => 5)).toBe(true);
    expect(order).toEqual(["id-3", "photo", "id-1", "id-2"]);
  });

  it("sends a photo again only where the server holds it no longer", async () => {
    const order: string[] = [];
    const upload: Upload = async ({ name }) => {
      order.push(name);
      return { status: 201 };
    };
    const send: Send = async (items) => items.map(() => ({ status: 201 }));
    const at = (name: string, sentAt: number): QueuedPhoto => ({ name, matter: "known", bytes: 1, sentAt });
    const all = [item(1, { photos: [at("held", 2)] }), item(2, { photos: [at("swept", 0)] })];
    const disk = new Disk(new Map(all.map((one) => [one.id, one])));
    expect(await flush(disk, send, upload, () => HELD_MS + 1)).toBe(true);
    expect(order).toEqual(["swept"]);
  });

  it("sends what needs another once that is in, and keeps what that has made", async () => {
    const turns: string[][] = [];
    const server = new Server();
    const all = [
      item(1, { command: "register_person", matters: [] }),
      item(2, { needs: ["id-1"], opens: "new", matters: [] }),
      item(3),
    ];
    const disk = new Disk(new Map(all.map((one) => [one.id, one])));
    const send: Send = async (items) => {
      turns.push(items.map((one) => one.id));
      return items.map((one) => server.one(one));
    };
    expect(await flush(disk, send, noPhotos, () => 5)).toBe(true);
    expect(turns).toEqual([["id-1", "id-3"], ["id-2"]]);
    expect((await disk.all())[0]).toMatchObject({ state: "sent", made: "person-of-id-1" });
  });
});
