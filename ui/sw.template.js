// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the pages of one version, all or none, and answers with them first; what they read and send is never touched.
// vite.config.ts puts the files in.

const VERSION = "__VERSION__";
const FILES = __FILES__;
const SHELL = "/index.html";
const PLACES = /^\/(desk|field|login|demo|r|screen)?(\/[^.]*)?$/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(VERSION).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })))),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const page = request.mode === "navigate" && PLACES.test(url.pathname);
  const file = page ? SHELL : url.pathname;
  if (!FILES.includes(file)) return;
  event.respondWith(caches.open(VERSION).then(async (cache) => (await cache.match(file)) || fetch(request)));
});
