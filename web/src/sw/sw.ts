/// <reference lib="webworker" />
/**
 * The citizen's app without a network, and its pushes. Built after the pages: the list of what to
 * keep and the version that names it are put in by vite.sw.config.ts.
 */
import { readPush, type Notice } from "./push";

declare const self: ServiceWorkerGlobalScope;
declare const __SHELL__: string[];
declare const __VERSION__: string;

const SHELL = "ht.shell.";
const CACHE = SHELL + __VERSION__;
const HOME = "/";
const PATIENCE = 3_000; // ms; a page that takes longer comes from the shelf
const kept = new Set(__SHELL__);

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(sweep().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  // Only the citizen's page: staff pages are no use without the server.
  if (request.mode === "navigate" && url.pathname === HOME) event.respondWith(page(request));
  else if (kept.has(url.pathname)) event.respondWith(file(request));
});

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(__SHELL__.map((path) => new Request(path, { cache: "no-cache" })));
}

async function sweep(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(SHELL) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function page(request: Request): Promise<Response> {
  const shelf = await caches.open(CACHE).then((cache) => cache.match(HOME));
  if (!shelf) return fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(shelf), PATIENCE));
  const fresh = fetch(request).then(
    (answer) => (answer.status < 500 ? answer : shelf),
    () => shelf,
  );
  return Promise.race([fresh, late]);
}

async function file(request: Request): Promise<Response> {
  const shelf = await caches.match(request, { ignoreSearch: true });
  return shelf ?? fetch(request);
}

self.addEventListener("push", (event) => {
  event.waitUntil(show(readPush(contentOf(event.data))));
});

function contentOf(data: PushMessageData | null): unknown {
  try {
    return data?.json();
  } catch {
    return { body: data?.text() };
  }
}

async function show({ title, body, tag, path }: Notice): Promise<void> {
  await self.registration.showNotification(title, {
    body,
    icon: "/static/web/icons/icon-192.png",
    badge: "/static/web/icons/badge-96.png",
    data: { url: path },
    ...(tag ? { tag } : {}),
  });
  const pages = await self.clients.matchAll({ type: "window" });
  for (const one of pages) one.postMessage({ kind: "push" });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data as { url: string };
  event.waitUntil(open(url));
});

async function open(url: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  const { pathname } = new URL(url, self.location.origin);
  const there = pages.find((one) => new URL(one.url).pathname === pathname);
  if (!there) {
    await self.clients.openWindow(url);
    return;
  }
  // Refused where the browser does not take this for a person's act: the page goes there anyway.
  await there.focus().catch(() => null);
  there.postMessage({ kind: "go", url });
}
