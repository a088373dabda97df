// The types of what the build (xtask/src/bundle.rs) inserts into the modules of the package.

declare module "sori:captcha-css" {
  const css: string;
  export default css;
}
declare module "sori:share-css" {
  const css: string;
  export default css;
}
declare module "sori:bring-share" {
  export function bringShare(): Promise<void>;
}
declare module "sori:wasm" {
  export function open(): Promise<WebAssembly.Module>;
}
declare module "sori:share-wasm" {
  export function open(): Promise<WebAssembly.Module>;
}
declare module "sori:wasm-bytes" {
  const bytes: string;
  export default bytes;
}
declare module "sori:share-wasm-bytes" {
  const bytes: string;
  export default bytes;
}
declare module "sori:glue" {
  export const Core: typeof import("./captcha/boundary.d.ts").Core;
  export const __wbg_reset_state: typeof import("./captcha/boundary.d.ts").__wbg_reset_state;
  export default function initialize(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
}
declare module "sori:share-glue" {
  export const share: typeof import("./share/boundary.d.ts").share;
  export default function initialize(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
}

declare const SORI_INTEGRITY: string;
declare const BUTTON_INTEGRITY: string;
