/** The service worker, and what it says to the page. */

export interface Heard {
  onPush?: () => void;
  onGo: (url: URL) => void;
}

export async function serviceWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  return (await navigator.serviceWorker.getRegistration("/")) ?? null;
}

/** Without a worker the app works, only not offline: an old browser or a private window. */
export async function startWorker(): Promise<ServiceWorkerRegistration | null> {
  // Only what was built has one; a development server has no /sw.js.
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return null;
  return navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => null);
}

/** Listen to the worker: a push came, or one was clicked. Returns the way to stop. */
export function hearWorker({ onPush, onGo }: Heard): () => void {
  if (!("serviceWorker" in navigator)) return () => undefined;
  const hear = (event: MessageEvent<unknown>) => {
    const said = event.data as { kind?: string; url?: string } | null;
    if (said?.kind === "push") onPush?.();
    if (said?.kind === "go" && said.url) onGo(new URL(said.url, location.href));
  };
  navigator.serviceWorker.addEventListener("message", hear);
  return () => navigator.serviceWorker.removeEventListener("message", hear);
}
