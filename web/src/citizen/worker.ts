/** The service worker of the citizen's page, and what it says to the page. */

export interface Heard {
  onPush: () => void;
  onGo: (hash: string) => void;
}

export async function serviceWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  return (await navigator.serviceWorker.getRegistration("/")) ?? null;
}

export function startWorker({ onPush, onGo }: Heard): void {
  // Only what was built has one; a development server has no /sw.js.
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<unknown>) => {
    const said = event.data as { kind?: string; url?: string } | null;
    if (said?.kind === "push") onPush();
    if (said?.kind === "go" && said.url) onGo(new URL(said.url, location.href).hash);
  });
  // Without it the app works, only not offline: an old browser or a private window.
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => undefined);
}
