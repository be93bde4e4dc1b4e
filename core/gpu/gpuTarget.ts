import type { MapKernel, Operand, Target } from '../lowering/index.ts'

// The properties of a graphics card, used by gpu.js, that the lowering needs.

/** A kernel may read so many buffers of samples: WebGPU allows eight, and two are taken already. */
export const MOST_READS = 6

/** Tells whether a loop only moves numbers or repeats one, and so computes nothing. */
export const isMove = ({ code }: MapKernel): boolean =>
  code.nodes.length === 1 && ['input', 'constant'].includes(code.nodes[0]!.op)

/** Lists the values of samples among some operands, each once. */
export const basesOf = (reads: readonly Operand[]): number[] => [
  ...new Set(reads.filter((x) => x.varies).map((x) => x.base)),
]

/**
 * Describes a card. A thread writes one number of one buffer, which is new at every launch. So:
 *
 * - a loop runs on the sums of a contraction if it makes one value: two would compute the sums
 *   twice. Both together may read no more buffers than one kernel may. Its length does not matter,
 *   because each sum is made by one thread, once.
 * - no kernel writes a part of a value: a buffer that another kernel began cannot be continued.
 *   `building.ts` has one kernel pick from all parts instead.
 * - outputs may lie in any order: the processor puts them into rows when they arrive.
 * - totals over samples are sums across threads, which have no common number to add to. The plan
 *   adds a kernel of its own for them and does not ask the lowering.
 */
export const gpuTarget: Target = {
  mostMembers: 48,
  runsOnSums: (loop) =>
    // The contraction reads two buffers; the sum, one of those here, is not read from one.
    loop.writes.length === 1 && basesOf(loop.reads).length + 1 <= MOST_READS && !isMove(loop),
  writesParts: false,
  rowsFrom: Number.POSITIVE_INFINITY,
}
