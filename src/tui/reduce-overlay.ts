import type { KeyPress } from './keys.ts'
import { keyText } from './keys.ts'
import { openTask } from './reduce-lists.ts'
import { reduceWizard } from './reduce-wizard.ts'
import { scrolledTop } from './scroll.ts'
import type { Overlay, ScreenState } from './state.ts'
import { type ScreenStep, still, withNotice } from './step.ts'
import { editText } from './text-field.ts'

/** A key while something lies over the lists. */
export function reduceOverlayKey(state: ScreenState, key: KeyPress): ScreenStep {
  const overlay = state.overlays.at(-1)
  if (overlay === undefined) return still(state)
  if (overlay.kind === 'wizard') return reduceWizard(state, overlay, key)
  if (overlay.kind === 'pair') return reducePair(state, overlay, key)
  if (overlay.kind === 'confirm') return reduceConfirm(state, overlay, key)
  const text = keyText(key)
  if (text === 'Esc' || text === 'q' || text === '←' || text === 'h') return still(closed(state))
  if (text === '?' && overlay.kind !== 'help')
    return still({ ...state, overlays: [...state.overlays, { kind: 'help', top: 0 }] })
  if (overlay.kind === 'job') return reduceJob(state, overlay, text)
  if (overlay.kind === 'task' && text === 'y' && overlay.log !== null) {
    return {
      state: withNotice(state, 'info', 'The command is in the clipboard, if this terminal has one'),
      orders: [{ kind: 'copy', text: overlay.log.command.join(' ') }]
    }
  }
  if (overlay.kind === 'task' && text === 'l') {
    return { state, orders: [{ kind: 'load-log', id: overlay.jobId, task: overlay.taskId }] }
  }
  const by = scrollOf(text, state.rows)
  if (by === 0) return still(state)
  return still(replaced(state, { ...overlay, top: scrolledTop(state, overlay, by) }))
}

/** Without the uppermost overlay. */
export const closed = (state: ScreenState): ScreenState => ({
  ...state,
  overlays: state.overlays.slice(0, -1)
})

/** With another in place of the uppermost overlay. */
export const replaced = (state: ScreenState, overlay: Overlay): ScreenState => ({
  ...state,
  overlays: [...state.overlays.slice(0, -1), overlay]
})

const far = 1_000_000

function scrollOf(text: string, rows: number): number {
  const page = Math.max(1, rows - 8)
  const steps: Readonly<Record<string, number>> = {
    '↑': -1,
    k: -1,
    '↓': 1,
    j: 1,
    PgUp: -page,
    PgDn: page,
    Space: page,
    Home: -far,
    g: -far,
    End: far,
    G: far
  }
  return steps[text] ?? 0
}

type JobOverlay = Extract<Overlay, { kind: 'job' }>

function reduceJob(state: ScreenState, overlay: JobOverlay, text: string): ScreenStep {
  const tasks = overlay.loaded?.tasks ?? []
  if (text === 'Enter') {
    const task = taskOrder(tasks)[overlay.at]
    return task ? openTask(state, overlay.id, task.id) : still(state)
  }
  if (text === 'r' || text === 'p' || text === 'x') {
    // The very keys of the list, for the job that is open.
    return still(withNotice(state, 'info', 'Esc goes back to the list, where p, x and r work'))
  }
  const by = scrollOf(text, state.rows)
  const at = Math.max(0, Math.min(tasks.length - 1, overlay.at + by))
  return still(by === 0 ? state : replaced(state, { ...overlay, at }))
}

/** Tasks as a job's page lists them: trouble first, then what runs, then the others. */
export function taskOrder<T extends { status: string; attempts: readonly { status: string }[] }>(
  tasks: readonly T[]
): readonly T[] {
  const rank = (task: T): number => {
    if (task.status === 'failed') return 0
    const isTrouble = task.attempts.some(({ status }) => status === 'failed' || status === 'rejected')
    if (isTrouble && task.status !== 'done') return 1
    if (task.status === 'leased') return 2
    return isTrouble ? 3 : 4
  }
  return [...tasks].sort((a, b) => rank(a) - rank(b))
}

type Confirm = Extract<Overlay, { kind: 'confirm' }>

function reduceConfirm(state: ScreenState, overlay: Confirm, key: KeyPress): ScreenStep {
  const text = keyText(key)
  if (text === 'y' || text === 'Y') {
    return { state: { ...closed(state), selected: new Set() }, orders: [overlay.order] }
  }
  return still(text === 'n' || text === 'N' || text === 'Esc' || text === 'q' ? closed(state) : state)
}

type Pair = Extract<Overlay, { kind: 'pair' }>

function reducePair(state: ScreenState, overlay: Pair, key: KeyPress): ScreenStep {
  if (key.name === 'esc') return still(closed(state))
  if (overlay.result !== null) return still(key.name === 'enter' ? closed(state) : state)
  if (overlay.mode === 'invite') {
    const text = keyText(key)
    if (text === 'q') return still(closed(state))
    if (text === 'y' && overlay.invite !== null) {
      return {
        state: withNotice(state, 'info', 'The invite is in the clipboard, if this terminal has one'),
        orders: [{ kind: 'copy', text: overlay.invite }]
      }
    }
    if (text === 'r' && !overlay.busy) {
      return {
        state: replaced(state, { ...overlay, busy: true, invite: null, expiresAt: null, error: null }),
        orders: [{ kind: 'invite' }]
      }
    }
    return still(state)
  }
  if (overlay.busy) return still(state)
  if (key.name === 'enter') {
    const invite = overlay.field.text.trim()
    if (invite === '') return still(state)
    return {
      state: replaced(state, { ...overlay, busy: true, error: null }),
      orders: [{ kind: 'join', invite }]
    }
  }
  return still(replaced(state, { ...overlay, field: editText(overlay.field, key) }))
}
