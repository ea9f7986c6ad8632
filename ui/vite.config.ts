// SPDX-License-Identifier: GPL-3.0-or-later
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// A development server asks a running program: LIANFANG=http://127.0.0.1:8080 npm run dev
const program = { target: process.env.LIANFANG ?? "http://127.0.0.1:8080", changeOrigin: false };

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
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
