import { basename, isAbsolute, join } from 'node:path'

// This file reads how settings name a user's form: a file, one of its exports, and a hash of its
// sources.

export interface FormReference {
  /** The path of the file, from the working folder. */
  readonly path: string
  /** The name of the export; undefined for the default export, or the only one. */
  readonly name?: string | undefined
  /**
   * The hash of the file and of all files it imports by relative paths, when the run was
   * configured.
   */
  readonly hash?: string | undefined
}

const pattern = /^(.+\.[cm]?[jt]s)(?:#([A-Za-z_$][\w$]*))?(?:@([0-9a-f]{12}))?$/

/** Parses FILE.ts, FILE.ts#name or either with @hash; undefined for a formula. */
export const formReference = (text: string): FormReference | undefined => {
  const [, path, name, hash] = pattern.exec(text.trim()) ?? []
  return path === undefined ? undefined : { path, name, hash }
}

export const showReference = ({ path, name, hash }: FormReference): string =>
  `${path}${name === undefined ? '' : `#${name}`}${hash === undefined ? '' : `@${hash}`}`

/** Returns the file and its export, for messages. */
export const placeOf = ({ path, name = 'default' }: FormReference): string =>
  `${path}, export ${name}`

const onPath = (text: string, change: (path: string) => string): string => {
  const reference = formReference(text)
  return reference === undefined
    ? text
    : showReference({ ...reference, path: change(reference.path) })
}

/** Returns the setting that a file in `folder` holds, with its path from the working folder. */
export const seenFrom = (folder: string, text: string): string =>
  onPath(text, (path) => (isAbsolute(path) ? path : join(folder, path)))

/** Returns the setting without the folder of the file. */
export const withoutFolder = (text: string): string => onPath(text, basename)
