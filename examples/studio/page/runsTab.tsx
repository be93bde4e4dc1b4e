import { useEffect, useRef, useState } from 'preact/hooks'
import { showFixed, showSmall } from '../../settings/index.ts'
import { EnergyFigure, ErrorFigure } from './figures/curvesOfRuns.tsx'
import { HeadsFigure } from './figures/heads.tsx'
import { SpinsFigure } from './figures/spins.tsx'
import { chosenFolders, droppedFolders, type Folder } from './runFolders.ts'
import { type PageState, problemOf, type ShownRun } from './state/pageState.ts'
import { digitsOf, exactOf, minus, nameOf } from './state/words.ts'

// The tab of folders: runs of the command line, dropped or served, in the same pictures.

export interface RunsTabProps {
  readonly state: PageState
  readonly open: (folders: readonly Folder[]) => void
  readonly forget: (id: number) => void
  readonly resume: (id: number) => void
}

const Row = ({
  run,
  state,
  chosen,
  choose,
  forget,
  resume,
}: {
  readonly run: ShownRun
  readonly state: PageState
  readonly chosen: boolean
  readonly choose: () => void
  readonly forget: () => void
  readonly resume: () => void
}) => {
  const { config, drawing, parameters } = run.described
  const last = run.outcome?.record ?? run.records.at(-1)
  const sites = drawing.sites.length
  const digits = last === undefined ? null : digitsOf(last.energy, exactOf(state, run))
  const name = nameOf(run, state.opened)
  return (
    <tr aria-selected={chosen}>
      <th scope="row">
        <button type="button" class="quiet" onClick={choose}>
          {name}
        </button>
      </th>
      <td>{`${config.lattice} ${config.size.join('x')}, J2 = ${config.j2}`}</td>
      <td>{config.attention}</td>
      <td class="number">{parameters}</td>
      <td class="number">{`${run.records.length} of ${config.steps}`}</td>
      <td class="number">
        {last === undefined
          ? '–'
          : minus(`${(last.energy / sites).toFixed(6)} ± ${showSmall(last.energyError / sites)}`)}
      </td>
      <td class="number">{digits === null ? '–' : digits.toFixed(1)}</td>
      <td class="number">{last === undefined ? '–' : minus(showSmall(last.vScore))}</td>
      <td class="number">{showFixed(last?.rHat ?? null, 3)}</td>
      <td>
        <button type="button" class="quiet" onClick={resume}>
          {run.phase === 'done' ? 'take up' : 'continue here'}
        </button>
        <button type="button" class="quiet" aria-label={`Forget ${name}`} onClick={forget}>
          ×
        </button>
      </td>
    </tr>
  )
}

const headings = [
  'run',
  'problem',
  'form',
  'parameters',
  'steps',
  'E/N (J)',
  'digits',
  'V-score',
  'R-hat',
  '',
] as const

/** The tab. */
export const RunsTab = ({ state, open, forget, resume }: RunsTabProps) => {
  const input = useRef<HTMLInputElement>(null)
  const packedInput = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [chosen, setChosen] = useState<number | undefined>(undefined)
  const { opened, refused } = state
  useEffect(() => {
    input.current?.setAttribute('webkitdirectory', '')
  }, [])
  const take = (folders: Promise<readonly Folder[]>): void => {
    void folders.then(open)
  }
  const run = opened.find(({ id }) => id === chosen) ?? opened.at(-1)
  const curves = opened.map((r) => ({
    run: r,
    name: nameOf(r, opened),
    exact: exactOf(state, r),
  }))
  const problems = new Set(opened.map((r) => problemOf(r.described.config)))
  const exact = run === undefined || problems.size > 1 ? undefined : exactOf(state, run)
  const sites = run?.described.drawing.sites.length ?? 1
  return (
    <main
      class={over ? 'runs-tab over' : 'runs-tab'}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        if (e.dataTransfer !== null) take(droppedFolders(e.dataTransfer.items))
      }}
    >
      <div class="top">
        <p class="sentence">
          {opened.length === 0
            ? 'Drop the folder of a run here, or several: psigrad train writes one, and this page packs one. Nothing leaves this page.'
            : opened.length === 1
              ? 'One run. Drop others to compare.'
              : problems.size > 1
                ? `${opened.length} runs of ${problems.size} problems: compare their errors, not their energies.`
                : `${opened.length} runs of one problem.`}
        </p>
        <div class="controls">
          <button type="button" onClick={() => input.current?.click()}>
            Choose a folder
          </button>
          <button type="button" onClick={() => packedInput.current?.click()}>
            Choose a zip
          </button>
          {[input, packedInput].map((ref, k) => (
            <input
              key={k === 0 ? 'folder' : 'zip'}
              ref={ref}
              type="file"
              hidden
              multiple={k === 1}
              aria-label={k === 0 ? 'Folder of a run' : 'Packed folders of runs'}
              accept={k === 0 ? '' : '.zip'}
              onChange={({ currentTarget: { files } }) => {
                if (files !== null) take(chosenFolders(files))
              }}
            />
          ))}
        </div>
      </div>
      {refused === undefined ? null : (
        <pre class="message" role="alert">
          {refused}
        </pre>
      )}
      {run === undefined ? null : (
        <>
          <div class="table">
            <table>
              <thead>
                <tr>
                  {headings.map((heading) => (
                    <th key={heading} scope="col">
                      {heading}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {opened.map((r) => (
                  <Row
                    key={r.id}
                    run={r}
                    state={state}
                    chosen={r.id === run.id}
                    choose={() => setChosen(r.id)}
                    forget={() => forget(r.id)}
                    resume={() => resume(r.id)}
                  />
                ))}
              </tbody>
            </table>
          </div>
          <div class="figures">
            <div class="stack">
              <EnergyFigure
                curves={curves}
                exact={exact == null ? exact : exact / sites}
                steps={run.described.config.steps}
              />
              <ErrorFigure curves={curves} />
            </div>
            <div class="stack">
              <HeadsFigure maps={run.view?.maps ?? []} grid={run.described.patchGrid} />
              <SpinsFigure drawing={run.described.drawing} spins={run.view?.spins ?? []} />
            </div>
          </div>
          <p class="command">
            The same on the command line: <code>{run.described.command}</code>
          </p>
        </>
      )}
    </main>
  )
}
