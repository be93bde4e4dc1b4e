import { TensorError } from '../../core/index.ts'

/** Returns `make()`, or undefined where the library refuses it. */
export const possible = <A>(make: () => A): A | undefined => {
  try {
    return make()
  } catch (error) {
    if (error instanceof TensorError) return undefined
    throw error
  }
}
