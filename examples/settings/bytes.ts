// Sizes of memory as people write them: 2GiB, 512MiB, 3.5GB, or plain bytes.

const units: Readonly<Record<string, number>> = {
  TiB: 2 ** 40,
  GiB: 2 ** 30,
  MiB: 2 ** 20,
  KiB: 2 ** 10,
  TB: 1e12,
  GB: 1e9,
  MB: 1e6,
  kB: 1e3,
  B: 1,
}

/** Returns the size in whole bytes, or undefined if the text is no size. Units have any case. */
export const parseBytes = (text: string): number | undefined => {
  const [, count, name = 'B'] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)?$/.exec(text.trim()) ?? []
  const unit = Object.keys(units).find((u) => u.toLowerCase() === name.toLowerCase())
  return count === undefined || unit === undefined
    ? undefined
    : Math.floor(Number(count) * units[unit]!)
}

/** Writes a size in the largest binary unit that is exact; `parseBytes` reads it back. */
export const exactBytes = (bytes: number): string => {
  const unit = ['TiB', 'GiB', 'MiB', 'KiB', 'B'].find((u) => bytes % units[u]! === 0)!
  return `${bytes / units[unit]!}${unit}`
}
