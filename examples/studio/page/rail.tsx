import type { JSX } from 'preact'
import type { TrainConfig } from '../../settings/index.ts'
import type { Described, SettingProblem, Typed } from '../engine/index.ts'
import { LatticeDrawing } from './figures/spins.tsx'
import { LaterFormula } from './laterFormula.tsx'
import { presets } from './state/presets.ts'

// The settings of a run: problem, model, training.

export interface RailProps {
  readonly settings: Typed
  readonly described: Described | undefined
  readonly problems: readonly SettingProblem[]
  readonly change: (settings: Typed) => void
}

const lattices = [
  ['square', 'square'],
  ['chain', 'chain'],
  ['triangular', 'triangular'],
  ['honeycomb', 'honeycomb'],
  ['kagome', 'kagome'],
  ['checkerboard', 'checkerboard'],
  ['shastry-sutherland', 'Shastry–Sutherland'],
] as const

const optimizers = [
  ['sr', 'SR'],
  ['march', 'MARCH'],
  ['adam', 'Adam'],
  ['sgd', 'SGD'],
] as const

/** One line about each setting, shown on hover and on focus. */
const hints: Partial<Record<keyof TrainConfig, string>> = {
  lattice: 'Where the spins sit.',
  size: 'Unit cells per side, as 4x4; a chain has one number.',
  j2: 'The coupling of next-nearest neighbours, in units of J1: it frustrates the magnet.',
  marshall: 'Give the wave function the signs that are exact at J2 = 0.',
  attention: 'What the heads weigh patches by: a name, or a formula.',
  heads: 'Attention heads; the dimension is a multiple of them.',
  layers: 'Encoder blocks, one after another.',
  dim: 'Features of a token.',
  patch: 'The side of a patch in unit cells; each patch is a token.',
  samples: 'Configurations that a step averages over.',
  steps: 'Steps of the optimiser.',
  lr: 'The learning rate; it can be changed while a run goes on.',
  optimizer: 'Stochastic reconfiguration is the natural gradient of wave functions.',
  seed: 'Equal seeds give equal numbers.',
}

/** The attributes of a control that name it, explain it, and say what is wrong with it. */
interface ControlProps {
  readonly id: string
  readonly title: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string
}

/** The rail of settings, with the lattice that they name. */
export const Rail = ({ settings, described, problems, change }: RailProps) => {
  const config = described?.config
  const problemOf = (key: keyof TrainConfig): SettingProblem | undefined =>
    problems.find((p) => p.key === key)
  const set = (key: keyof TrainConfig, value: string): void => {
    const { [key]: _, ...others } = settings
    change(value.trim() === '' ? others : { ...others, [key]: value })
  }
  const shown = (key: keyof TrainConfig): string => {
    const value = config?.[key]
    return settings[key] ?? (Array.isArray(value) ? value.join('x') : String(value ?? ''))
  }
  const field = (
    key: keyof TrainConfig,
    label: string,
    control: (props: ControlProps) => JSX.Element,
  ) => {
    const wrong = problemOf(key)
    return (
      <div class={wrong === undefined ? 'field' : 'field wrong'}>
        <label for={`set-${key}`} title={hints[key]}>
          {label}
        </label>
        {control({
          id: `set-${key}`,
          title: hints[key] ?? '',
          'aria-invalid': wrong !== undefined,
          'aria-describedby': wrong === undefined ? '' : `wrong-${key}`,
        })}
        {wrong === undefined ? null : (
          <p class="problem" id={`wrong-${key}`} role="alert">{`expected ${wrong.expected}`}</p>
        )}
      </div>
    )
  }
  const text = (key: keyof TrainConfig, label: string) =>
    field(key, label, (props) => (
      <input
        {...props}
        type="text"
        inputMode={key === 'size' ? 'text' : 'decimal'}
        autocomplete="off"
        spellcheck={false}
        value={shown(key)}
        onInput={(e) => set(key, e.currentTarget.value)}
      />
    ))
  const choice = (
    key: keyof TrainConfig,
    label: string,
    options: readonly (readonly [string, string])[],
  ) =>
    field(key, label, (props) => (
      <select {...props} value={shown(key)} onChange={(e) => set(key, e.currentTarget.value)}>
        {options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    ))
  const elsewhere = problems.filter((p) => p.key === undefined)
  const square = shown('lattice') !== 'chain'
  return (
    <form class="rail" onSubmit={(e) => e.preventDefault()}>
      <fieldset>
        <legend>Problem</legend>
        {field('lattice', 'Lattice', (props) => (
          <select
            {...props}
            value={shown('lattice')}
            onChange={({ currentTarget: { value } }) => {
              // A size with the wrong number of sides would be an error that the user did not make.
              const { size: _, lattice: __, marshall: ___, ...others } = settings
              const size =
                value === 'chain' ? { size: '16' } : value === 'kagome' ? { size: '2x2' } : {}
              change({
                ...others,
                lattice: value,
                ...size,
                ...(value === 'kagome' ? { j2: '0' } : {}),
              })
            }}
          >
            {lattices.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        ))}
        <div class="pair">
          {text('size', square ? 'Size' : 'Length')}
          {text('j2', 'J2 / J1')}
        </div>
        {described === undefined ? null : <LatticeDrawing drawing={described.drawing} />}
        <label class="check" title={hints.marshall}>
          <input
            type="checkbox"
            checked={
              settings.marshall === undefined ? config?.marshall : settings.marshall === 'true'
            }
            onChange={(e) => set('marshall', String(e.currentTarget.checked))}
          />
          Marshall signs given
        </label>
        {problemOf('marshall') === undefined ? null : (
          <p class="problem" role="alert">{`expected ${problemOf('marshall')!.expected}`}</p>
        )}
      </fieldset>
      <fieldset>
        <legend>Model</legend>
        {field('attention', 'Attention form', (props) => (
          <LaterFormula
            id={props.id}
            value={shown('attention')}
            problem={problemOf('attention')}
            change={(value) => set('attention', value)}
          />
        ))}
        <div class="pair">
          {text('heads', 'Heads')}
          {text('dim', 'Dimension')}
        </div>
        <div class="pair">
          {text('layers', 'Layers')}
          {text('patch', 'Patch side')}
        </div>
      </fieldset>
      <fieldset>
        <legend>Training</legend>
        <div class="pair">
          {text('samples', 'Samples')}
          {text('steps', 'Steps')}
        </div>
        <div class="pair">
          {choice('optimizer', 'Optimiser', optimizers)}
          {text('lr', 'Learning rate')}
        </div>
        {text('seed', 'Seed')}
      </fieldset>
      {elsewhere.map((p) => (
        <p class="problem" role="alert" key={p.where}>
          {p.expected}
        </p>
      ))}
      <fieldset class="presets">
        <legend>Presets</legend>
        {presets.map(({ name, says, settings: of }) => (
          <button key={name} type="button" class="chip" title={says} onClick={() => change(of)}>
            {name}
          </button>
        ))}
      </fieldset>
      {described === undefined
        ? null
        : described.notes.map((note) => (
            <p class="note" key={note}>
              {note.charAt(0).toUpperCase() + note.slice(1)}
            </p>
          ))}
    </form>
  )
}
