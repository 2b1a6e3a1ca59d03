import type { Answer } from './orders.ts'
import { planned, shownPresets } from './reduce-wizard.ts'
import { openWizard } from './selectors.ts'
import type { Overlay, ScreenState, Wizard } from './state.ts'
import { type ScreenStep, still, withNotice } from './step.ts'

/** What a screen becomes by the answer to an order. An overlay that was left meanwhile does not hear of it. */
export function reduceAnswer(state: ScreenState, answer: Answer): ScreenStep {
  switch (answer.kind) {
    case 'acted':
      return still(answer.text === '' ? state : withNotice(state, answer.level, answer.text))
    case 'job-loaded':
      return still(
        withOverlays(state, (overlay) =>
          (overlay.kind === 'job' && overlay.id === answer.id) ||
          (overlay.kind === 'task' && overlay.jobId === answer.id)
            ? { ...overlay, loaded: answer.job, error: null }
            : overlay
        )
      )
    case 'log-loaded':
      return still(
        withOverlays(state, (overlay) =>
          isTask(overlay, answer.id, answer.task) ? { ...overlay, log: answer.log, logError: null } : overlay
        )
      )
    case 'browsed':
      return still(
        withWizard({ ...state, folder: answer.folder }, (wizard) =>
          wizard.folder === answer.folder
            ? { ...wizard, entries: answer.entries, listError: null, at: 0 }
            : wizard
        )
      )
    case 'presets-loaded':
      return presetsLoaded(state, answer)
    case 'preset-loaded':
      return still(
        withWizard(state, (wizard) => ({ ...wizard, recipe: { name: answer.name, lines: answer.lines } }))
      )
    case 'planned':
      return still(
        withWizard(state, (wizard) =>
          wizard.planOf === answer.wish
            ? {
                ...wizard,
                plan: [...wizard.plan, ...answer.lines],
                planTotal: answer.total,
                planState: answer.done ? 'done' : 'running'
              }
            : wizard
        )
      )
    case 'queued':
      return queued(state, answer)
    case 'invited':
      return still(
        withPair(state, (pair) => ({
          ...pair,
          busy: false,
          invite: answer.invite,
          expiresAt: answer.expiresAt,
          known: new Set(state.feed.peers.keys())
        }))
      )
    case 'joined':
      return still(
        withPair(state, (pair) => ({
          ...pair,
          busy: false,
          error: null,
          result: `Joined the mesh of ${answer.inviterName} (…${answer.inviterId.slice(-8)})`
        }))
      )
    case 'refused':
      return refused(state, answer)
  }
}

const withOverlays = (state: ScreenState, change: (overlay: Overlay) => Overlay): ScreenState => ({
  ...state,
  overlays: state.overlays.map(change)
})

const withWizard = (state: ScreenState, change: (wizard: Wizard) => Wizard): ScreenState =>
  withOverlays(state, (overlay) => (overlay.kind === 'wizard' ? change(overlay) : overlay))

/** A task's page, of this very task. */
const isTask = (
  overlay: Overlay,
  jobId: string,
  taskId: string | null
): overlay is Extract<Overlay, { kind: 'task' }> =>
  overlay.kind === 'task' && overlay.jobId === jobId && overlay.taskId === taskId

type Pair = Extract<Overlay, { kind: 'pair' }>

const withPair = (state: ScreenState, change: (pair: Pair) => Pair): ScreenState =>
  withOverlays(state, (overlay) => (overlay.kind === 'pair' ? change(overlay) : overlay))

function presetsLoaded(
  state: ScreenState,
  { presets }: Extract<Answer, { kind: 'presets-loaded' }>
): ScreenStep {
  const last = presets.findIndex(({ name }) => name === state.lastQueue?.preset)
  const presetAt = Math.max(0, last)
  const name = presets[presetAt]?.name
  return {
    state: withWizard(state, (wizard) => ({ ...wizard, presets, presetAt })),
    orders: name === undefined ? [] : [{ kind: 'load-preset', name }]
  }
}

/** The wizard closes where all went well; what was refused is listed. */
function queued(state: ScreenState, { lines, wish, note }: Extract<Answer, { kind: 'queued' }>): ScreenStep {
  const jobs = lines.flatMap((line) => (line.kind === 'queued' ? [line.job] : []))
  const others = lines.filter(({ kind }) => kind !== 'queued')
  const { preset, outDir } = wish
  const [first] = jobs
  const next: ScreenState = {
    ...state,
    tab: 'jobs',
    overlays: [
      ...state.overlays.filter(({ kind }) => kind !== 'wizard'),
      ...(others.length > 0 ? [{ kind: 'refused' as const, lines: others, top: 0 }] : [])
    ],
    lastQueue: { preset, outDir },
    ...(first ? { jobAt: jobs.length > 1 ? `batch:${first.batch}` : `job:${first.id}` } : {})
  }
  const files = jobs.length === 1 ? '1 file is' : `${jobs.length} files are`
  return still(
    withNotice(next, jobs.length > 0 ? 'good' : 'warn', note ? `${files} queued. ${note}` : `${files} queued`)
  )
}

/** The review stays. What queueing cut short of its plan is made up for. */
function notQueued(state: ScreenState, error: string): ScreenStep {
  const wizard = openWizard(state)
  if (wizard === null) return still(state)
  const isCutShort = wizard.step === 'review' && wizard.planState === 'none'
  const [next, orders] = isCutShort ? planned(wizard) : [wizard, []]
  return { state: withWizard(state, () => ({ ...next, error, queueing: false })), orders }
}

function refused(state: ScreenState, { order, text }: Extract<Answer, { kind: 'refused' }>): ScreenStep {
  switch (order.kind) {
    case 'load-job':
      return still(
        withOverlays(state, (overlay) =>
          (overlay.kind === 'job' && overlay.id === order.id) ||
          (overlay.kind === 'task' && overlay.jobId === order.id)
            ? { ...overlay, error: text }
            : overlay
        )
      )
    case 'load-log':
      return still(
        withOverlays(state, (overlay) =>
          isTask(overlay, order.id, order.task) ? { ...overlay, logError: text } : overlay
        )
      )
    case 'browse':
      return still(
        withWizard(state, (wizard) =>
          wizard.folder === order.folder ? { ...wizard, entries: [], listError: text } : wizard
        )
      )
    case 'load-presets':
      return still(withWizard(state, (wizard) => ({ ...wizard, error: text })))
    case 'load-preset':
      return still(
        withWizard(state, (wizard) =>
          shownPresets(wizard)[wizard.presetAt]?.name === order.name ? { ...wizard, error: text } : wizard
        )
      )
    case 'plan':
      return still(
        withWizard(state, (wizard) =>
          wizard.planOf === order.wish ? { ...wizard, error: text, planState: 'done' } : wizard
        )
      )
    case 'queue':
      return notQueued(state, text)
    case 'invite':
    case 'join':
      return still(withPair(state, (pair) => ({ ...pair, busy: false, error: text })))
    default:
      return still(withNotice(state, 'bad', text))
  }
}
