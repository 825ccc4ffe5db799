import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const HEAD = `<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
    <meta name="theme-color" content="#0b4f7d" />
    <link rel="icon" href="/static/web/icons/icon.svg" type="image/svg+xml" />
    <script vite-ignore src="/static/web/theme.js"></script>`;
const BODY = `<div id="app"></div>
    <noscript>Trang này cần JavaScript. This page needs JavaScript.</noscript>`;

/** What stands alike in every page. */
const shared: Plugin = {
  name: "shared-html",
  transformIndexHtml: {
    order: "pre",
    handler: (html) => html.replace("<!-- head -->", HEAD).replace("<!-- body -->", BODY),
  },
};

// Django serves the pages at /, /desk, /ops, /rules and /public, and everything else in dist under /static/web/.
export default defineConfig(({ mode }) => ({
  base: "/static/web/",
  plugins: [shared, svelte()],
  // Vitest would otherwise take Svelte's server build, which mounts nothing.
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    // Small fonts and icons stay files: a data: URL would be refused by a strict content policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: {
        citizen: page("index.html"),
        desk: page("desk.html"),
        ops: page("ops.html"),
        rules: page("rules.html"),
        public: page("public.html"),
        leave: page("src/leave.ts"),
      },
      output: {
        // A template of the administration names it, which knows no hash.
        entryFileNames: ({ name }) => (name === "leave" ? "leave.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es" },
  server: {
    proxy: {
      "/api": "http://127.0.0.1:8000",
      "/ws": { target: "ws://127.0.0.1:8000", ws: true },
    },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
  },
}));
