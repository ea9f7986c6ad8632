// SPDX-License-Identifier: GPL-3.0-or-later
import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";
import vite from "./vite.config";

export default mergeConfig(
  vite,
  defineConfig({
    server: { fs: { allow: ["..", "."] } }, // the vectors that the program's evaluator runs, too
    test: { include: ["tests/**/*.test.ts"], setupFiles: ["tests/setup.mjs"] },
  }),
);
