import { either as E } from 'fp-ts'
import {
  type Finished,
  type FolderProblem,
  files,
  headlineOf,
  loadObserved,
  type Observed,
  resultRows,
  save,
  showAbsent,
} from '../run/index.ts'
import type { AttentionMap } from '../session/index.ts'
import { commandOf, showSmall, sizesOf, spoken } from '../settings/index.ts'
import { attentionMatrices, attentionOnGrid } from './attentionPictures.ts'
import { energyCurve, errorCurve, vScoreCurve } from './curves.ts'
import { correlationCurve, correlationMap, structureFactorMap } from './observablePictures.ts'
import { type Picture, type Report, reportPage } from './report.ts'

// This file decides which pictures a finished run gets, their captions, and where they are written.

const present = (picture: Omit<Picture, 'svg'>, svg: string | undefined): readonly Picture[] =>
  svg === undefined ? [] : [{ ...picture, svg }]

/** Returns how strongly the weights depend on the configurations, where they do. */
const inputCaption = (maps: readonly AttentionMap[]): string =>
  maps.every(({ inputDriven }) => inputDriven < 1e-12)
    ? ' They do not depend on the configuration.'
    : ' Means over the configurations, which cause this share of the variance: ' +
      maps
        .map((m) => `${showSmall(m.inputDriven)} (layer ${m.layer + 1}, head ${m.head + 1})`)
        .join(', ') +
      '.'

/** Returns correlations and structure factor, where `psigrad observe` has measured them. */
const observedPictures = (observed: Observed | undefined): readonly Picture[] => {
  if (observed === undefined) return []
  const { observables, exact, step } = observed
  const correlations = {
    file: 'correlations.svg',
    title: 'Spin-spin correlations',
    caption: `⟨S₀ · S_r⟩ over the displacements, at step ${step}; at r = 0 it is 3/4 in any state.`,
  }
  const decay = {
    file: 'correlations-distance.svg',
    title: 'Correlations over the distance',
    caption:
      'The same against |r|, with standard errors' +
      `${exact === null ? '.' : '; crosses: the exact ground state.'}`,
  }
  const missing = (observables.absent ?? []).map((a) => ` There is ${showAbsent(a)}`).join('')
  const factor = {
    file: 'structure-factor.svg',
    title: 'Structure factor',
    caption:
      'S(k) = 1/N Σ_ij cos(k·(r_i − r_j)) ⟨S_i · S_j⟩ at every wave vector of the lattice, to where ' +
      `it repeats; their mean is 3/4.${missing}`,
  }
  return [
    ...present(correlations, correlationMap(observables.correlations)),
    ...present(decay, correlationCurve(observables, exact)),
    ...present(factor, structureFactorMap(observables.structureFactor)),
  ]
}

/** Returns the pictures of a run that its data allow. */
export const picturesOf = (
  { training, progress, result }: Finished,
  observed?: Observed,
): readonly Picture[] => {
  const exact = result.exactPerSite === null ? null : result.exactPerSite * training.sites
  const history = { records: progress.records, sites: training.sites, exact }
  const maps = training.attention(progress.state)
  const energy = {
    file: 'energy.svg',
    title: 'Energy per site',
    caption:
      'The mean local energy at every step, with a band of one standard error on either side' +
      `${exact === null ? '.' : '; dashed, the exact ground state.'}`,
  }
  const error = {
    file: 'error.svg',
    title: 'Relative error',
    caption: 'Distance from the exact energy E₀, on a logarithmic scale.',
  }
  const vScore = {
    file: 'vscore.svg',
    title: 'V-score',
    caption: 'N·Var(E)/E² needs no exact energy: it is zero for an eigenstate and only there.',
  }
  const attention = {
    file: 'attention.svg',
    title: 'Attention weights of the heads',
    caption:
      'Weights with which the marked patch attends to every patch of the lattice; one map per ' +
      'head (across) and layer (down).',
  }
  const deviations = {
    file: 'attention-deviations.svg',
    title: 'How much they depend on the input',
    caption: 'Standard deviations of the same weights over the configurations.',
  }
  const matrices = {
    file: 'attention-matrices.svg',
    title: 'Attention matrices',
    caption:
      'The same weights for every pair: patch i (down) attends to patch j (across).' +
      inputCaption(maps),
  }
  return [
    ...(history.records.length === 0 ? [] : present(energy, energyCurve(history))),
    ...present(error, errorCurve(history)),
    ...present(vScore, vScoreCurve(history)),
    ...present(attention, attentionOnGrid(maps, training.patchGrid)),
    ...(maps.every(({ inputDriven }) => inputDriven === 0)
      ? []
      : present(deviations, attentionOnGrid(maps, training.patchGrid, 'deviations'))),
    ...present(matrices, attentionMatrices(maps)),
    ...observedPictures(observed),
  ]
}

export const reportOf = (finished: Finished, observed?: Observed): Report => {
  const { config, result, from, failed } = finished
  const { model, network, method } = sizesOf(config)
  return {
    title: model,
    subtitle: `${network}; ${method}${failed === undefined ? '' : `; ${failed}`}`,
    headline: headlineOf(result),
    results: resultRows(result),
    config,
    command: spoken(commandOf(config, from)),
    pictures: picturesOf(finished, observed),
  }
}

/**
 * Writes every picture and the report into the run folder. Left: what could not be written, or
 * read; observations that cannot be read are left out.
 */
export const drawRun = async (finished: Finished): Promise<E.Either<FolderProblem, void>> => {
  const { runDir } = finished.result
  const observed = loadObserved(runDir)
  const report = reportOf(finished, E.isRight(observed) ? observed.right : undefined)
  for (const { file, svg } of report.pictures) {
    const saved = save(runDir, file, `${svg}\n`)
    if (E.isLeft(saved)) return saved
  }
  const saved = save(runDir, files.report, reportPage(report))
  return E.isLeft(observed) ? observed : saved
}
