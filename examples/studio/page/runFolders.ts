import { unzipSync, zipSync } from 'fflate'
import type { Files } from '../engine/index.ts'

// Folders of runs as a browser hands them over: dropped, chosen, packed, or served.

/** The files of a run that the page reads; pictures are drawn again. */
const wanted: readonly string[] = [
  'config.json',
  'log.json',
  'result.json',
  'observables.json',
  'checkpoint.safetensors',
]

/** A folder with its name, and those of its files that the page reads. */
export interface Folder {
  readonly name: string
  readonly files: Files
}

/** Groups files by the folder that holds a config.json; other files are ignored. */
export const foldersOf = (files: Files): readonly Folder[] => {
  const pathOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
  const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
  return files
    .filter(([path]) => baseOf(path) === 'config.json')
    .map(([config]) => ({
      name: pathOf(config) === '' ? 'run' : pathOf(config),
      files: files
        .filter(([path]) => pathOf(path) === pathOf(config) && wanted.includes(baseOf(path)))
        .map(([path, bytes]) => [baseOf(path), bytes] as const),
    }))
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer())

/** Returns the files of a file that may be packed. */
const unpacked = async (path: string, file: File): Promise<Files> => {
  if (!path.endsWith('.zip')) return [[path, await bytesOf(file)]]
  return Object.entries(unzipSync(await bytesOf(file)))
}

/** Returns the folders among chosen files. */
export const chosenFolders = async (list: FileList): Promise<readonly Folder[]> => {
  const all = await Promise.all(
    [...list].map((file) => unpacked(file.webkitRelativePath || file.name, file)),
  )
  return foldersOf(all.flat())
}

const entriesOf = (folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> => {
  const reader = folder.createReader()
  // A reader gives at most a hundred entries at a time.
  const more = async (before: readonly FileSystemEntry[]): Promise<readonly FileSystemEntry[]> => {
    const next = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    return next.length === 0 ? before : more([...before, ...next])
  }
  return more([])
}

const filesUnder = async (entry: FileSystemEntry): Promise<Files> => {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isDirectory) {
    const inside = await entriesOf(entry as FileSystemDirectoryEntry)
    return (await Promise.all(inside.map(filesUnder))).flat()
  }
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  )
  return wanted.includes(file.name) || file.name.endsWith('.zip') ? unpacked(path, file) : []
}

/** Returns the folders among dropped things. */
export const droppedFolders = async (items: DataTransferItemList): Promise<readonly Folder[]> => {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  return foldersOf((await Promise.all(entries.map(filesUnder))).flat())
}

/** A folder that the page's server offers: its files with their lengths. */
export interface ServedFolder {
  readonly name: string
  readonly files: Readonly<Record<string, number>>
}

/** Returns the folders that the page's server offers; none for a page that is a file. */
export const servedFolders = async (): Promise<readonly ServedFolder[]> => {
  if (location.protocol === 'file:') return []
  const answer = await fetch('runs.json')
  return answer.ok ? ((await answer.json()) as readonly ServedFolder[]) : []
}

/** Reads a folder of the server. */
export const servedFolder = async (
  index: number,
  { name, files }: ServedFolder,
): Promise<Folder> => {
  const read = Object.keys(files).map(async (file): Promise<Files> => {
    const answer = await fetch(`runs/${index}/${file}`)
    return answer.ok ? [[file, new Uint8Array(await answer.arrayBuffer())]] : []
  })
  return { name, files: (await Promise.all(read)).flat() }
}

/** Packs the folder of a run. */
export const packed = (name: string, files: Files): Uint8Array =>
  zipSync(Object.fromEntries(files.map(([file, bytes]) => [`${name}/${file}`, bytes])))
