import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// Django serves the pages at /, /desk, /ops, /rules and /public, and everything else in dist under /static/web/.
export default defineConfig(({ mode }) => ({
  base: "/static/web/",
  plugins: [svelte()],
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
