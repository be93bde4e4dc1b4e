// Packages that the page brings along for the code of its reader. They are loaded when they are
// needed, and found by their names from then on, as by Node's `require`.

const packages = new Map<string, unknown>()

/** Returns a package by its name. Errors: throws an Error for one that is not there. */
export const provided = (name: string): unknown => {
  if (!packages.has(name)) throw new Error(`a page has no package '${name}'`)
  return packages.get(name)
}

/** Loads the package that removes types. */
export const provideSucrase = async (): Promise<void> => {
  packages.set('sucrase', await import('sucrase'))
}
