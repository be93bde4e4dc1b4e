/** What is used of WebAssembly: TypeScript declares it only along with the DOM. */
export interface Engine {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports?: object) => { readonly exports: object }
}

/** The engine that runs this, if it has WebAssembly. */
export const engine = (): Engine | undefined =>
  (globalThis as { readonly WebAssembly?: Engine }).WebAssembly
