import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/dashboard/",
  plugins: [react()],
  build: {
    target: "es2023",
    // For what a first load takes (scripts/check-bundle.ts).
    manifest: true,
    chunkSizeWarningLimit: 1_000,
    // Nothing inline: a `data:` URL is not one of the policy's but for pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
