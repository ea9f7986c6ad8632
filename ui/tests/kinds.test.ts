// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { Problem } from "@/api/client";
import type { Playbook } from "@/api/types";
import { readKinds, session } from "@/session/session";
import { serve } from "./server";

/** `answers`: a status for each kind of the playbook; 0 is no answer. */
function serveKinds(answers: Record<string, number>): void {
  session.playbook = { id: "p", kinds: Object.keys(answers).map((name) => ({ name })) } as Playbook;
  serve((url) => {
    const name = url.split("/").pop()!;
    if (answers[name] === 0) throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify({ name, title: "not_found" }), { status: answers[name]! });
  });
}

describe("all kinds of the playbook", () => {
  it("are those that one may know", async () => {
    serveKinds({ directive: 200, hidden_from_me: 404, check: 200 });
    expect((await readKinds()).map((kind) => kind.name)).toEqual(["directive", "check"]);
  });
  it("are not known when one could not be read: that is no shorter list", async () => {
    for (const status of [0, 500]) {
      serveKinds({ [`read_${status}`]: 200, [`unread_${status}`]: status });
      const failed = await readKinds().catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(Problem);
      expect((failed as Problem).status).toBe(status);
    }
  });
});
