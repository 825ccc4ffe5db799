import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Manifest, type UserConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BASE = "/static/web/";

/** Everything that a page needs, its lazy parts too. */
function reach(
  manifest: Manifest,
  entry: string,
  files = new Set<string>(),
  seen = new Set<string>(),
) {
  const chunk = manifest[entry];
  if (!chunk || seen.has(entry)) return files;
  seen.add(entry);
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) {
    reach(manifest, next, files, seen);
  }
  return files;
}

/** The citizen's files: not those that only staff pages reach. Workers stand in no manifest. */
function shell(): string[] {
  const manifest = JSON.parse(readFileSync(here("dist/.vite/manifest.json"), "utf8")) as Manifest;
  const citizen = reach(manifest, "index.html");
  const staff = [...reach(manifest, "desk.html"), ...reach(manifest, "ops.html")];
  const only = new Set(staff.filter((file) => !citizen.has(file)));
  const built = readdirSync(here("dist/assets")).map((name) => `assets/${name}`);
  const wanted = built.filter((file) => !only.has(file) && !file.endsWith(".map"));
  const fixed = ["theme.js", "icons/icon.svg", "icons/icon-192.png"];
  return ["/", ...[...wanted, ...fixed].sort().map((file) => BASE + file)];
}

function version(files: string[]): string {
  const page = readFileSync(here("dist/index.html"), "utf8");
  return createHash("sha256").update(files.join("\n")).update(page).digest("hex").slice(0, 12);
}

// Runs after the pages are built, and adds dist/sw.js, which Django serves at /sw.js.
export default defineConfig((): UserConfig => {
  const files = shell();
  return {
    publicDir: false,
    define: { __SHELL__: JSON.stringify(files), __VERSION__: JSON.stringify(version(files)) },
    build: {
      outDir: "dist",
      emptyOutDir: false,
      target: "es2022",
      rolldownOptions: {
        input: here("src/sw/sw.ts"),
        output: { format: "iife", entryFileNames: "sw.js" },
      },
    },
  };
});
