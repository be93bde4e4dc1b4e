import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './files.ts'

// The packages that users get with psigrad, and on what terms.

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** The manifest of a package as installed, looked up from the folder of its dependent. */
export type Find = (name: string, from: string) => { manifest: Manifest; folder: string }

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

/** As Node does: in node_modules here, else one folder further up. */
export const installed: Find = (name, from) => {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return { manifest: manifestIn(folder), folder }
  if (from === root) throw new Error(`${name} is not installed`)
  return installed(name, join(from, '..'))
}

/** Optional dependencies are installed too, unless an option prevents it. */
export const directOf = ({ dependencies, optionalDependencies }: Manifest): readonly string[] =>
  Object.keys({ ...dependencies, ...optionalDependencies })

/** Everything the dependencies of a manifest bring along, each once. */
export const closure = (
  start: Manifest,
  find: Find = installed,
): ReadonlyMap<string, { readonly manifest: Manifest; readonly folder: string }> => {
  const found = new Map<string, { manifest: Manifest; folder: string }>()
  const open = [{ manifest: start, folder: root }]
  for (const { manifest, folder } of open)
    for (const name of directOf(manifest)) {
      const next = find(name, folder)
      if (found.has(next.folder)) continue
      found.set(next.folder, next)
      open.push(next)
    }
  return found
}

/** MIT and its kin, and Unlicense, which gives a text to everyone (robust-predicates, by d3). */
const accepted = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'Unlicense']

/** Packages on other terms, or on none that their manifest tells. */
export const foreign = (manifests: Iterable<Manifest>): readonly string[] =>
  [...manifests]
    .filter(({ license }) => !accepted.includes(String(license)))
    .map(({ name, license }) => `${name}: ${String(license)}`)
