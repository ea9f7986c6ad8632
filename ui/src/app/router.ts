// SPDX-License-Identifier: GPL-3.0-or-later
import { createRouter, createWebHistory } from "vue-router";
import { begin, home, session, whenUnlocked } from "@/session/session";

// The phone's own, which it needs also where no service worker keeps the files.
const field = {
  today: () => import("@/pages/today/TodayPage.vue"),
  round: () => import("@/pages/round/RoundPage.vue"),
  enter: () => import("@/pages/enter/EnterPage.vue"),
  matter: () => import("@/pages/matter/MatterPage.vue"),
  opening: () => import("@/pages/opening/OpeningPage.vue"),
  newcomer: () => import("@/pages/opening/NewcomerPage.vue"),
  find: () => import("@/pages/find/FindPage.vue"),
  queue: () => import("@/pages/queue/QueuePage.vue"),
  me: () => import("@/pages/me/MePage.vue"),
};

/** Fetches them while there is a network. */
export async function warmUp(): Promise<void> {
  await Promise.all(Object.values(field).map((load) => load())).catch(() => undefined);
}

const routes = [
  { path: "/", redirect: () => home() },
  { path: "/login", component: () => import("@/pages/login/LoginPage.vue"), meta: { open: true } },
  { path: "/demo", component: () => import("@/pages/demo/DemoPage.vue"), meta: { open: true } },
  { path: "/r", component: () => import("@/pages/resident/ResidentPage.vue"), meta: { open: true, link: true } },
  { path: "/field", component: field.today },
  { path: "/field/round/:entry", component: field.round },
  { path: "/field/enter/:matter/:entry", component: field.enter },
  { path: "/field/matter/:matter", component: field.matter },
  { path: "/field/new/:kind?", component: field.opening },
  { path: "/field/newcomer/:item", component: field.newcomer },
  { path: "/field/find", component: field.find },
  { path: "/field/queue", component: field.queue },
  { path: "/field/me", component: field.me },
  { path: "/field/handover", component: () => import("@/pages/handover/HandoverPage.vue") },
  { path: "/desk", component: () => import("@/pages/overview/OverviewPage.vue") },
  { path: "/screen", component: () => import("@/pages/screen/ScreenPage.vue"), meta: { bare: true } },
  { path: "/desk/do", component: () => import("@/pages/todo/TodoPage.vue") },
  { path: "/desk/sheets", component: () => import("@/pages/sheets/SheetsPage.vue") },
  { path: "/desk/m/:kind?", component: () => import("@/pages/register/RegisterPage.vue") },
  { path: "/desk/matter/:matter", component: () => import("@/pages/matter/MatterPage.vue") },
  { path: "/desk/enter/:matter/:entry", component: () => import("@/pages/enter/EnterPage.vue") },
  { path: "/desk/person/:person", component: () => import("@/pages/person/PersonPage.vue") },
  { path: "/desk/new/:kind?", component: () => import("@/pages/opening/OpeningPage.vue") },
  { path: "/desk/late", component: () => import("@/pages/late/LatePage.vue") },
  { path: "/desk/clauses", component: () => import("@/pages/clauses/ClausesPage.vue") },
  { path: "/desk/clause", component: () => import("@/pages/clauses/ClausePage.vue") },
  { path: "/desk/boards", component: () => import("@/pages/boards/BoardsPage.vue") },
  { path: "/desk/directives", component: () => import("@/pages/directive/DirectivesPage.vue") },
  { path: "/desk/directives/new/:kind", component: () => import("@/pages/directive/ComposePage.vue") },
  { path: "/desk/directives/:matter", component: () => import("@/pages/directive/BoardPage.vue") },
  { path: "/desk/requests", component: () => import("@/pages/requests/RequestsPage.vue") },
  { path: "/desk/whistles", component: () => import("@/pages/whistles/WhistlesPage.vue") },
  { path: "/desk/import", component: () => import("@/pages/import/ImportPage.vue") },
  { path: "/desk/audit", component: () => import("@/pages/audit/AuditPage.vue") },
  { path: "/field/audit", component: () => import("@/pages/audit/AuditPage.vue") },
  { path: "/desk/people", component: () => import("@/pages/people/PeoplePage.vue") },
  { path: "/desk/accounts", component: () => import("@/pages/people/AccountsPage.vue") },
  { path: "/desk/inbox", component: () => import("@/pages/inbox/InboxPage.vue") },
  { path: "/desk/handover", component: () => import("@/pages/handover/HandoverPage.vue") },
  { path: "/desk/me", component: () => import("@/pages/me/MePage.vue") },
  { path: "/:rest(.*)*", component: () => import("@/pages/unknown/UnknownPage.vue"), meta: { open: true } },
];

export const router = createRouter({ history: createWebHistory(), routes });

router.beforeEach(async (to) => {
  if (to.meta.link) return true; // whoever opens it is nobody here
  if (session.state === "unknown") await begin();
  if (session.state === "unknown" && !to.meta.open) return false; // session.failure says why
  if (!to.meta.open) await whenUnlocked();
  const signedIn = session.state === "in" || session.state === "lost";
  if (!to.meta.open && !signedIn) return { path: "/login", query: to.path === "/" ? {} : { to: to.fullPath } };
  return true;
});
