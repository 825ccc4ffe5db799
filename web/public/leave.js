// The administration's page after signing out: nothing of any account comes to this browser any
// more, as after signing out on the staff pages (leaveChair in src/wishes/browser.ts).
void (async () => {
  const worker = await navigator.serviceWorker?.getRegistration("/");
  const subscription = await worker?.pushManager?.getSubscription();
  if (subscription) {
    const answer = await fetch("/api/v1/addresses/release", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ value: JSON.stringify(subscription) }),
      keepalive: true, // whoever signs out may be gone before it is answered
    });
    // Still remembered as another's, the next one to sit down at a staff page ends it.
    if (!answer.ok) return;
  }
  try {
    localStorage.removeItem("ht.push.staff");
  } catch {
    // Storage may be forbidden; then nothing was remembered.
  }
  for (const shown of (await worker?.getNotifications?.()) ?? []) {
    if (/^\/(desk|ops)\b/.test(shown.data?.url ?? "")) shown.close();
  }
})();
