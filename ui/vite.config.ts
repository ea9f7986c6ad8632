// SPDX-License-Identifier: GPL-3.0-or-later
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

// A development server asks a running program: LIANFANG=http://127.0.0.1:8080 npm run dev
const program = { target: process.env.LIANFANG ?? "http://127.0.0.1:8080", changeOrigin: false };

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The service worker with the names of all files that were built; its version is that of their contents. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const hash = createHash("sha256");
      const files = Object.keys(bundle).sort();
      for (const name of files) {
        const made = bundle[name]!;
        hash.update(name).update(made.type === "chunk" ? made.code : made.source);
      }
      for (const name of readdirSync(here("./public")).sort()) {
        files.push(name);
        hash.update(name).update(readFileSync(here(`./public/${name}`)));
      }
      const source = readFileSync(here("./sw.template.js"), "utf8")
        .replace("__VERSION__", `lianfang-${hash.digest("hex").slice(0, 16)}`)
        .replace("__FILES__", JSON.stringify(files.map((name) => `/${name}`)));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

export default defineConfig({
  plugins: [vue(), serviceWorker()],
  resolve: { alias: { "@": here("./src") } },
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
    __INTLIFY_DROP_MESSAGE_COMPILER__: "false",
  },
  build: {
    target: "chrome86",
    cssTarget: "chrome86",
    assetsInlineLimit: 0, // the pages' policy allows no data: but for images
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": program } },
  preview: { proxy: { "/api": program } },
});
