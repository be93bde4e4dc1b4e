import { basename, isAbsolute, join } from 'node:path'

// How settings name a form of one's own: a file, an export of it, and a hash of what it was.

export interface FormReference {
  /** As the operating system finds it from the working folder. */
  readonly path: string
  /** The export; undefined for the default one, or the only one. */
  readonly name?: string | undefined
  /** What the file, and all it imports by relative paths, was when the run was configured. */
  readonly hash?: string | undefined
}

const pattern = /^(.+\.[cm]?[jt]s)(?:#([A-Za-z_$][\w$]*))?(?:@([0-9a-f]{12}))?$/

/** FILE.ts, FILE.ts#name or either with @hash; undefined for a formula. */
export const formReference = (text: string): FormReference | undefined => {
  const [, path, name, hash] = pattern.exec(text.trim()) ?? []
  return path === undefined ? undefined : { path, name, hash }
}

export const showReference = ({ path, name, hash }: FormReference): string =>
  `${path}${name === undefined ? '' : `#${name}`}${hash === undefined ? '' : `@${hash}`}`

/** The file and its export, for messages. */
export const placeOf = ({ path, name = 'default' }: FormReference): string =>
  `${path}, export ${name}`

const onPath = (text: string, change: (path: string) => string): string => {
  const reference = formReference(text)
  return reference === undefined
    ? text
    : showReference({ ...reference, path: change(reference.path) })
}

/** The setting as a file in `folder` writes it, seen from the working folder. */
export const seenFrom = (folder: string, text: string): string =>
  onPath(text, (path) => (isAbsolute(path) ? path : join(folder, path)))

/** The setting without the folder that the file happens to be in. */
export const withoutFolder = (text: string): string => onPath(text, basename)
