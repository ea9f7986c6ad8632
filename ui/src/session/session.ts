// SPDX-License-Identifier: GPL-3.0-or-later
// Who is signed in, in which posts, under which playbook.

import { reactive } from "vue";
import { call, Problem } from "@/api/client";
import type { Kind, Me, Playbook } from "@/api/types";
import { leaveFor } from "@/base/leaving";
import { lastStore } from "@/offline/db";
import { canSeal } from "@/offline/seal";
import { close, kindPath, leave, note, noted, openWithServer, phone } from "@/offline/phone";

// first: the password has to be changed; locked: what this device keeps needs its PIN; lost: the session has ended
type State = "unknown" | "out" | "first" | "locked" | "in" | "lost";

export const session = reactive({
  state: "unknown" as State,
  me: null as Me | null,
  playbook: null as Playbook | null,
  ofAnother: false, // lost to whoever has signed in since in this browser
  later: false, // lost, and whoever is here goes on without it for a while
  account: "", // whose store is locked
  failure: null as Problem | null, // the start did not reach the server
  storeKey: "", // what the last log-in of this page answered: opens what this device keeps
});

const kinds = new Map<string, Promise<Kind>>();

const PHONE_ROLES = new Set(["grid_worker", "grid_leader", "entrance_head", "lane_chief", "lane_steward"]);

export function zone(): string {
  return session.playbook?.time_zone ?? "Asia/Shanghai";
}

export function roles(): Set<string> {
  return new Set(session.me?.posts.map((post) => post.role) ?? []);
}

/** What one's roles may besides matters: persons, registry, accounts, playbook, audit. */
export function rights(): Set<string> {
  const mine = roles();
  const held = (session.playbook?.roles ?? []).filter((role) => mine.has(role.name));
  return new Set(held.flatMap((role) => role.may));
}

/** Whether somebody has posts at a desk, whose alerts they look for wherever they are. */
export function hasDesk(): boolean {
  return (session.me?.posts ?? []).some((post) => !PHONE_ROLES.has(post.role));
}

/** Where whoever has signed in begins. */
export function home(): string {
  const posts = session.me?.posts ?? [];
  if (posts.some((post) => PHONE_ROLES.has(post.role)) || window.innerWidth < 768) return "/field";
  return "/desk";
}

/** As the playbook in force has it, or as the version that a matter follows. */
export function kindOf(name: string, version?: string): Promise<Kind> {
  const path = kindPath(name, version === session.playbook?.id ? undefined : version);
  let kind = kinds.get(path);
  if (!kind) {
    kind = call<Kind>(path).catch(async (error: unknown) => {
      const offline = error instanceof Problem && error.status === 0;
      const kept = offline
        ? ((await noted<Kind>(`kind:${path}`)) ?? (await noted<Kind>(`kind:${kindPath(name)}`)))
        : null;
      if (!kept) throw error;
      return kept;
    });
    kind.catch(() => kinds.delete(path));
    kinds.set(path, kind);
  }
  return kind;
}

/** All kinds of the playbook in force that one may know. One that could not be read is no kind that is not there. */
export async function readKinds(): Promise<Kind[]> {
  const hidden = (error: unknown): null => {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  };
  const all = await Promise.all((session.playbook?.kinds ?? []).map((kind) => kindOf(kind.name).catch(hidden)));
  return all.filter((kind): kind is Kind => kind !== null);
}

async function load(): Promise<void> {
  const [me, playbook] = await Promise.all([call<Me>("/me", { quiet401: true }), call<Playbook>("/playbook")]);
  session.me = me;
  session.playbook = playbook;
  session.state = "in";
  session.ofAnother = session.later = false;
}

export async function storeWho(): Promise<void> {
  if (phone.open) await note("who", { me: session.me, playbook: session.playbook });
}

/** Where this device keeps something it is opened first, so that a start needs no network. */
export async function begin(): Promise<void> {
  const kept = await lastStore();
  if (kept) {
    lock(kept.account);
    return;
  }
  session.failure = null;
  try {
    if (isLeaving()) await endSession();
    await load();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === "password_change_needed") session.state = "first";
    else if (error.status === 401 || error.status === 403) session.state = "out";
    else session.failure = error;
  }
}

// Whoever signs out without a network is out all the same: the session is ended before anything else is asked.
const LEAVING = "lianfang.leaving";

function isLeaving(): boolean {
  try {
    return localStorage.getItem(LEAVING) !== null;
  } catch {
    return false;
  }
}

function setLeaving(yes: boolean): void {
  try {
    if (yes) localStorage.setItem(LEAVING, "1");
    else localStorage.removeItem(LEAVING);
  } catch {
    // Storage is shut off: the session ends when the server is asked, or by itself.
  }
}

async function endSession(): Promise<void> {
  await call("/session", { method: "DELETE", quiet401: true }).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.status !== 401) throw error; // it has ended already
  });
  setLeaving(false);
}

let unlocking: { done: () => void; promise: Promise<void> } | null = null;

export function lock(account: string): void {
  close();
  session.account = account;
  session.state = "locked";
  if (!unlocking) {
    let done = (): void => {};
    const promise = new Promise<void>((resolve) => (done = resolve));
    unlocking = { done, promise };
  }
}

/** Until whoever is at the device has opened it or signed in. */
export async function whenUnlocked(): Promise<void> {
  if (session.state === "locked") await unlocking?.promise;
}

function unlocked(): void {
  unlocking?.done();
  unlocking = null;
}

/** The session may be another's, who has signed in since in this browser: then it is not theirs any more. */
async function meet(): Promise<void> {
  try {
    session.me = await call<Me>("/me", { quiet401: true });
    session.playbook = await call<Playbook>("/playbook");
    await storeWho();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) sessionLost();
  }
}

/** The store has been opened by its PIN: who it is of stands in it, and the server is asked beside. */
export async function goOnUnlocked(): Promise<void> {
  const who = await noted<{ me: Me; playbook: Playbook }>("who");
  if (who) {
    session.me = who.me;
    session.playbook = who.playbook;
    session.state = "in";
    void meet();
  } else {
    session.state = "out";
    await load().catch(() => undefined);
    if (session.me?.person.id !== session.account) session.state = "out";
    await storeWho();
  }
  unlocked();
}

export async function signIn(login: string, password: string): Promise<void> {
  const answer = await call<{ must_change_password: boolean; person: string; store_key: string }>("/session", {
    method: "POST",
    body: { login, password },
    quiet401: true,
  });
  session.storeKey = answer.store_key;
  setLeaving(false);
  tellTabs(answer.person);
  if (answer.must_change_password) {
    session.state = "first";
    unlocked();
    return;
  }
  if (session.me && session.me.person.id !== answer.person) {
    leaveFor("/"); // somebody else: nothing of the one before stays on the page
    return;
  }
  kinds.clear();
  if (!phone.open && canSeal()) await openWithServer(answer.person, answer.store_key);
  await load();
  await storeWho();
  unlocked();
}

/** It ends every session of the account, this one too: whoever has just typed the new one is signed in with it. */
export async function changePassword(login: string, oldPassword: string, newPassword: string): Promise<void> {
  await call("/me/password", { method: "POST", body: { old_password: oldPassword, new_password: newPassword } });
  try {
    await signIn(login, newPassword);
  } catch (error) {
    if (session.state === "first")
      session.state = "out"; // it is changed, whatever hinders the log-in
    else sessionLost();
    throw error;
  }
}

export async function signOut(): Promise<void> {
  await leave();
  setLeaving(true);
  try {
    await endSession();
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // it is ended before the next start
  } finally {
    leaveFor("/login");
  }
}

export function sessionLost(): void {
  if (session.state === "in") session.state = "lost";
  else if (session.state === "unknown") session.state = "out";
  if (!phone.open) session.later = false; // what was to be saved is kept nowhere
}

// ---- the other tabs of this browser, which have the same session ----

let tabs: BroadcastChannel | null = null;

function tellTabs(person: string): void {
  tabs?.postMessage(person);
}

/** The server refuses what this page asks for somebody else than who has the session now: nothing has been done. */
export function sessionOfAnother(): void {
  if (session.state !== "in" && session.state !== "lost") return;
  session.state = "lost";
  session.ofAnother = true;
  session.later = false;
}

export function watchTabs(): void {
  if (typeof BroadcastChannel === "undefined") return;
  tabs = new BroadcastChannel("lianfang-session");
  tabs.onmessage = ({ data }: MessageEvent<string>) => {
    if (session.me && data !== session.me.person.id) sessionOfAnother();
  };
}
