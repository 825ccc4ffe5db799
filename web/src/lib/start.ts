import { mount, type Component } from "svelte";
import { locale } from "../i18n";
import "../styles/base.css";
import { recall, remember } from "./storage";
import { theme } from "./theme.svelte";

const RELOADED = "ht.reloaded";
const ONCE_IN = 60_000; // ms

/**
 * A page that was open while the server got a new version asks for parts that are gone. What is
 * being written is kept on the device, so the page loads itself anew; not twice, should that not help.
 */
function followNewVersion(): void {
  window.addEventListener("vite:preloadError", () => {
    const last = Number(recall(RELOADED) ?? 0);
    if (navigator.onLine === false || Date.now() - last < ONCE_IN) return;
    remember(RELOADED, String(Date.now()));
    location.reload();
  });
}

/** Begin a face: its language and theme first, so that it never shows in another's. */
export function start(app: Component): void {
  followNewVersion();
  locale.start();
  theme.start();
  const target = document.getElementById("app");
  if (!target) throw new Error("The page has no #app to begin in.");
  mount(app, { target });
}
