// SPDX-License-Identifier: GPL-3.0-or-later
// Who can take a post or a shift, as the API would let them.

import { call, callAll, query } from "@/api/client";
import type { Page, Post, Task, Unit, UnitRef, Words } from "@/api/types";
import { codeOf } from "@/base/place";

export type Mode = "post" | "shift";

export interface Handover {
  id: string;
  mode: Mode;
  from: Post | null;
  to: Post | null;
  until: string | null;
  reason: string | null;
  open_count: number;
}

export type Handovers = Page<Handover> & { given: Handover[] };

/** What goes over, without whom it is about. */
export interface Going {
  title: Words;
  entry_title: Words;
  unit: UnitRef;
  due_at: string;
  overdue: boolean;
}

export interface Taker {
  key: string; // of the person for a post, of the post for a shift
  name: string;
  what: { title: Words; place: string }[];
}

const MOST = 400;
const PLACES = 6; // grounds that are looked at

/** The posts on the grounds of a unit. */
export async function postsAt(code: string, signal: AbortSignal): Promise<Post[]> {
  return (await callAll<Post>(`/units/${encodeURIComponent(code)}/posts?limit=200`, MOST, signal)).rows;
}

/** Those on the grounds of a post, at its seat and at the unit above. */
export async function readColleagues(post: Post, signal: AbortSignal): Promise<{ near: Post[]; ground: Post[] }> {
  const [whole, seat] = await Promise.all([
    call<{ grounds: UnitRef[] }>(`/posts/${post.id}`, { signal }),
    call<Unit>(`/units/${encodeURIComponent(codeOf(post.seat))}`, { signal }),
  ]);
  const grounds = whole.grounds.slice(0, PLACES).map(codeOf);
  const above = seat.path[seat.path.length - 1];
  const others = [codeOf(post.seat), ...(above ? [codeOf(above)] : [])].filter((code) => !grounds.includes(code));
  const found = await Promise.all([...grounds, ...others].map((code) => postsAt(code, signal)));
  const ground = found.slice(0, grounds.length);
  const covering = (ground[0] ?? []).filter((one) => ground.every((all) => all.some((other) => other.id === one.id)));
  return { near: found.flat(), ground: covering };
}

/** Whoever else may be asked: for a shift a colleague in the same role who covers the same grounds. */
export function takersOf(mode: Mode, own: Post, posts: { near: Post[]; ground: Post[] }): Taker[] {
  const found = new Map<string, Taker>();
  const seen = new Set<string>();
  for (const post of mode === "shift" ? posts.ground.filter((one) => one.role === own.role) : posts.near) {
    if (!post.person?.name || post.person.id === own.person?.id || seen.has(post.id)) continue;
    seen.add(post.id);
    const key = mode === "shift" ? post.id : post.person.id;
    const taker = found.get(key) ?? { key, name: post.person.name, what: [] };
    taker.what.push({ title: post.title, place: post.seat.name });
    found.set(key, taker);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, "zh"));
}

/** Whom what is typed may mean, by a part of the name. */
export function named(takers: Taker[], typed: string): Taker[] {
  const text = typed.trim();
  return text === "" ? takers : takers.filter((one) => one.name.includes(text));
}

/** How much of one's to-do list goes with a post. */
export function openOf(tasks: Task[], post: Post): Task[] {
  return tasks.filter((task) => task.post === post.id);
}

/** Deputies of one's posts: what is lent, and to whom. */
export function lentOf(mine: Post[], near: Post[]): Post[] {
  const own = new Set(mine.map((post) => post.id));
  return [...new Map(near.map((post) => [post.id, post])).values()].filter(
    (post) => post.deputy_of !== undefined && own.has(post.deputy_of),
  );
}

export function tasksPath(handover: Handover): string {
  return `/handovers/${handover.id}/tasks${query({ limit: "200" })}`;
}
