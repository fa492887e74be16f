// Knows: the type of what vite.config.ts makes of the core.

declare module "virtual:core" {
  /** simulation.wasm, gzipped, in base64. */
  const base64: string;
  export default base64;
}
