// Runs before the first paint, so that a dark room never sees a white flash. src/lib/theme.svelte.ts goes on from here.
(() => {
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem("ht.theme");
  } catch {
    // Storage may be forbidden; the system's choice is then good enough.
  }
  if (chosen !== "light" && chosen !== "dark") {
    const dark = root.dataset.face === "ops" || matchMedia("(prefers-color-scheme: dark)").matches;
    chosen = dark ? "dark" : "light";
  }
  root.dataset.theme = chosen;
})();
