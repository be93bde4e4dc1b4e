import { change, type Suspects, specsIn } from './mutation.ts'

const compiler = specsIn('spec/core')

export const compilerSuspects: readonly Suspects[] = [
  {
    file: 'core/lowering/access.ts',
    specs: compiler('programs'),
    mutations: [
      change('transposes nothing', 'eq.params.axes.map((a) => x.strides[a]!)', 'x.strides'),
      change('axes of length 1 step', 'if (shape[k] !== 1) strides[axis]', 'strides[axis]'),
      change(
        'slices from the start',
        'x.offset + eq.params.start.reduce(',
        '0 * eq.params.start.reduce(',
      ),
      change('views of slices start anew', 'offset: x.offset + eq', 'offset: eq'),
      change(
        'reshapes what lies unevenly',
        'left % size !== 0) return undefined',
        'left % size !== 0) break',
      ),
      change('one stride for split axes', 'stride *= size', 'stride *= 1'),
    ],
  },
  {
    file: 'core/lowering/contractionLoops.ts',
    specs: compiler('programs'),
    mutations: [
      change(
        'operands swapped, not their labels',
        'swap ? [right, left] : [left, right]',
        '[left, right]',
      ),
      change(
        'lengths of the left alone',
        '...right.map((l, i) => [l, eq.inputs[1]!.shape[i]!] as const),',
        '',
      ),
      change('sums kept labels too', '!out.includes(l), xLabels', 'true, xLabels'),
      change('empty sums', '.includes(0)) return undefined', '.includes(-1)) return undefined'),
      change(
        'labels merged by x alone',
        'labels.map((l) => l.x), labels.map((l) => l.y), labels.map((l) => l.out), ...(beside ?? [])',
        'labels.map((l) => l.x), labels.map((l) => l.x), labels.map((l) => l.x), ...(beside ?? [])',
      ),
      change('labels merged past what is beside', '...(beside ?? [])]', ']'),
    ],
  },
  {
    file: 'core/primitives/elementwise.ts',
    specs: compiler('programs'),
    mutations: [
      change('less of the other', "viaOps('lt'), truth('lt')", "viaOps('lt'), truth('le')"),
      change('atan2 is sin', "call('atan2')", "call('sin')"),
      change('difference', "viaOps('sub'), op('sub')", "viaOps('sub'), op('add')"),
      change(
        'selects the other',
        'selectInto, select)',
        'selectInto, (b, c, x, y) => select(b, c!, y!, x!))',
      ),
    ],
  },
  {
    file: 'core/wasm/emitSums.ts',
    specs: ['spec/core/programs/longSums.spec.ts'],
    mutations: [
      change('no short sums', 'terms <= short', 'terms >= 0'),
      change('the last terms lost', 'rest === 0 ? []', 'rest >= 0 ? []'),
      change(
        'infinity spoilt',
        "laneInstruction(t.format, 'select'), get(high)",
        "laneInstruction(t.format, 'or'), get(high)",
      ),
    ],
  },
  {
    file: 'core/lowering/fuse.ts',
    specs: compiler('wasm/differential/differential', 'programs'),
    mutations: [
      change(
        'reads one view for another',
        'r.base === from.base && r.offset === from.offset && sameSizes',
        'r.base === from.base && sameSizes',
      ),
      change('reads one stride for another', 'sameSizes(r.strides, from.strides)', 'true'),
      change('uniform values read as 1', 'return b.constant(value)', 'return b.constant(1)'),
    ],
  },
  {
    file: 'core/lowering/lower.ts',
    specs: compiler('wasm/differential/differential', 'programs'),
    mutations: [
      change('joins a loop too early', '? made : made + 1)', '? made : made)'),
      change(
        'joins loops of other shapes',
        'mostMembers && sameSizes(slot.shape, shape))',
        'mostMembers && slot.shape.length === shape.length)',
      ),
      change(
        'scatters onto what was there',
        'if (add) push(fill(0, eq.output.shape, write))',
        'if (add) push(fill(1, eq.output.shape, write))',
      ),
      change('pads at the start', 'inside(to, eq.params.low)', 'inside(to, [])'),
      change('parts on top of each other', 'at += x.shape[axis]!', 'at += 0'),
      change(
        'reduces the kept axes',
        '[...kept, ...eq.params.axes].map((i) => read.strides[i]!)',
        '[...eq.params.axes, ...kept].map((i) => read.strides[i]!)',
      ),
      change(
        'uniform by its first two',
        'eq.params.data.every(',
        'eq.params.data.slice(0, 2).every(',
      ),
      change(
        'table along the last axis',
        '[xs[axis]!, ...xs.filter((_, i) => i !== axis)]',
        'xs.toReversed()',
      ),
    ],
  },
  {
    file: 'core/lowering/inPlace.ts',
    specs: compiler('programs'),
    mutations: [
      change(
        'moves parts of values',
        'read.offset === 0 && sizes.get(read.base) === sizeOf(kernel.shape)',
        'true',
      ),
      change(
        'moves what is out of order',
        'evenly(kernel.shape, read.strides) && evenly(kernel.shape, write.strides)',
        'true',
      ),
      change('moves inputs and outputs', 'fixed.has(move.from) ||', ''),
      change(
        'moves where others write',
        'if (disturbed || (totals.has(move.to.base) && isRead)) continue',
        'if (totals.has(move.to.base) && isRead) continue',
      ),
    ],
  },
  {
    file: 'core/lowering/memory.ts',
    specs: compiler('memory', 'programs'),
    mutations: [
      change('forgets the last reader', 'Math.max(to.get(id) ?? at, at)', 'to.get(id) ?? at'),
      change('outputs go early', 'see(x.base, end)', 'see(x.base, 0)'),
      change('fits too much', 'free + life.bytes <= p.at', 'free <= p.at'),
      change(
        'forgets when reads and writes meet',
        'p.from <= life.to && life.from <= p.to',
        'p.from <= life.to && life.from < p.to',
      ),
      change('shared values on one place', 'Math.max(1, lowered.sizes.get(id)!)', 'Math.max(1, 1)'),
    ],
  },
  {
    file: 'core/wasm/emit.ts',
    specs: compiler('programs'),
    mutations: [
      change('totals side by side', 'isTotal(t, w) ? 0 : VECTOR', 'VECTOR'),
      change('totals overwritten', 'isTotal(t, w) ? sum : value', 'value'),
      change('pointers do not go back', 'move(first.steps, -first.size),', ''),
      change(
        'slices of shared values by lanes',
        'x.offset * pitch(t, x.varies)',
        'x.offset * pitch(t, true)',
      ),
    ],
  },
  {
    file: 'core/lowering/epilogue.ts',
    specs: compiler('epilogue', 'programs'),
    mutations: [
      change('forgets other readers', 'readers > 1', 'readers > 9'),
      change('outputs never arrive', ' || fixed.has(base)', ''),
      change('any two shapes', ' || !same', ''),
      change('uneven labels', 'label.size > 1 && reached !== end', 'label.size > 1 && false'),
    ],
  },
  {
    file: 'core/gpu/gpuTarget.ts',
    specs: ['spec/core/gpu/compileOnDevice.spec.ts'],
    mutations: [
      change('one of two results of a sum', 'loop.writes.length === 1 && ', ''),
      change('more buffers than a card has', '.length + 1 <= MOST_READS', '.length >= 0'),
    ],
  },
  {
    file: 'core/wasm/emitEndings.ts',
    specs: compiler('epilogue', 'programs'),
    mutations: [
      change('sums read from memory', 'i === sum ? get(sums[u]!)', 'i === -1 ? get(sums[u]!)'),
      change('neighbours stay where they are', '(label?.beside?.[k] ?? 0) * sides', '0 * sides'),
      change('one vector for all', '(sides[k]!.varies ? u * VECTOR : 0)', '0'),
    ],
  },
  {
    file: 'core/wasm/emitContract.ts',
    specs: compiler('programs'),
    mutations: [
      change('what is left over', 'start: full * block, count: 1', 'start: 0, count: 1'),
      change('outputs of a block side by side', '[yLabel, startY + j]', '[yLabel, startX + j]'),
      change('sums go on', 'code(zero, set(local))', '[]'),
      change('one y for all', 'yAt(j) + k * VECTOR', 'yAt(0) + k * VECTOR'),
      change('shared x by lanes', 'x: pitch(t, x.varies), y', 'x: pitch(t, true), y'),
      change('vectors of x stay', 'x.varies ? block.u * VECTOR : 0', '0'),
    ],
  },
  {
    file: 'core/wasm/emitLoops.ts',
    specs: compiler('programs'),
    mutations: [
      change('shared values of a map step', 'x.varies ? VECTOR : 0,', 'VECTOR,'),
      change('unrolled turns alike', 'turn * last.steps[k]![1]', '0 * last.steps[k]![1]'),
      change('largest of at least 0', "kernel.op === 'sum' ? 0 : Number.NEGATIVE_INFINITY", '0'),
      change(
        'scatter writes over',
        'kernel.add && !isTotal(t, kernel.write) ? sum : value',
        'value',
      ),
      change('rows of a table', '(i) => i * stride', '(i) => i * pitch(t, true)'),
      change(
        'totals of a table by samples',
        '* writePitch(t, kernel.write)\n',
        '* pitch(t, true)\n',
      ),
      change(
        'one vector of a table',
        '{ length: vectors }, (_, u) => {',
        '{ length: 1 }, (_, u) => {',
      ),
      change(
        'reductions read one vector',
        'read.pointer, u * VECTOR),\n        lane',
        'read.pointer, 0),\n        lane',
      ),
    ],
  },
  {
    file: 'core/lowering/instructions.ts',
    specs: compiler('programs', 'instructions'),
    mutations: [
      change(
        'a difference for a sum',
        "terms.minus ? 'subProduct' : 'addProduct',",
        "'addProduct',",
      ),
      change('sign of the constant', 'b.constant(-end.value)', 'b.constant(end.value)'),
      change(
        'the larger for the smaller',
        "b.apply('atMost', at(x), at(c))",
        "b.apply('atLeast', at(x), at(c))",
      ),
    ],
  },
  {
    file: 'core/wasm/sampleRows.ts',
    specs: compiler('programs'),
    mutations: [
      change('groups of samples alike', '(group * side + i) * STRIP', 'i * STRIP'),
      change('transposes one stage wrongly', '[2, 3, [0, 1, 4, 5]],', '[2, 3, [0, 1, 6, 7]],'),
    ],
  },
  {
    file: 'core/wasm/wasm.ts',
    specs: compiler('programs', 'sharedOnce'),
    mutations: [
      change('what was computed for others', 'sameNumbers(x, dataOf(given[i]!))', 'x.length > 0'),
      change('rows of the first tile', '(start + b) * size + first', 'b * size + first'),
      change('totals of the call before', 'numbers.fill(0, at(id)', 'numbers.fill(0, at(id) + 1'),
      change('shared results counted once', 'sums[to]! * full', 'sums[to]! * 1'),
      change('strips on one place', 'from + first * tile * width', 'from'),
      change('one element too few', 'Math.ceil(n / side)', 'Math.floor(n / side)'),
      change(
        'shared values stay',
        'for (const id of inMemory) numbers.set',
        'if (numbers[at(inMemory[0]!)] === 0) for (const id of inMemory) numbers.set',
      ),
    ],
  },
]
