// SPDX-License-Identifier: GPL-3.0-or-later
// Who is signed in, in which posts, under which playbook.

import { reactive } from "vue";
import { call, Problem } from "@/api/client";
import type { Kind, Me, Playbook } from "@/api/types";

type State = "unknown" | "out" | "first" | "in" | "lost"; // first: the password has to be changed; lost: it has ended

export const session = reactive({
  state: "unknown" as State,
  me: null as Me | null,
  playbook: null as Playbook | null,
});

const kinds = new Map<string, Promise<Kind>>();

const PHONE_ROLES = new Set(["grid_worker", "grid_leader", "entrance_head", "lane_chief", "lane_steward"]);

export function zone(): string {
  return session.playbook?.time_zone ?? "Asia/Shanghai";
}

export function roles(): Set<string> {
  return new Set(session.me?.posts.map((post) => post.role) ?? []);
}

/** Where whoever has signed in begins. */
export function home(): string {
  const posts = session.me?.posts ?? [];
  if (posts.some((post) => PHONE_ROLES.has(post.role)) || window.innerWidth < 768) return "/field";
  return "/desk";
}

export function kindOf(name: string): Promise<Kind> {
  let kind = kinds.get(name);
  if (!kind) {
    kind = call<Kind>(`/kinds/${encodeURIComponent(name)}`);
    kind.catch(() => kinds.delete(name));
    kinds.set(name, kind);
  }
  return kind;
}

async function load(): Promise<void> {
  const [me, playbook] = await Promise.all([call<Me>("/me", { quiet401: true }), call<Playbook>("/playbook")]);
  session.me = me;
  session.playbook = playbook;
  session.state = "in";
}

export async function begin(): Promise<void> {
  try {
    await load();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === "password_change_needed") session.state = "first";
    else if (error.status === 401 || error.status === 403) session.state = "out";
    else throw error;
  }
}

export async function signIn(login: string, password: string): Promise<void> {
  const answer = await call<{ must_change_password: boolean; person: string }>("/session", {
    method: "POST",
    body: { login, password },
    quiet401: true,
  });
  if (answer.must_change_password) {
    session.state = "first";
    return;
  }
  if (session.me && session.me.person.id !== answer.person) {
    window.location.assign("/"); // somebody else: nothing of the one before stays on the page
    return;
  }
  kinds.clear();
  await load();
}

export async function changePassword(oldPassword: string, newPassword: string): Promise<void> {
  await call("/me/password", { method: "POST", body: { old_password: oldPassword, new_password: newPassword } });
  if (session.state === "first") await load();
}

export async function signOut(): Promise<void> {
  try {
    await call("/session", { method: "DELETE", quiet401: true });
  } finally {
    window.location.assign("/login");
  }
}

export function sessionLost(): void {
  if (session.state === "in") session.state = "lost";
  else if (session.state === "unknown") session.state = "out";
}
