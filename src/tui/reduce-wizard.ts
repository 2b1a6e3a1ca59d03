import type { KeyPress } from './keys.ts'
import type { QueueWish, ScreenOrder } from './orders.ts'
import { scrolledTop } from './scroll.ts'
import type { FolderEntry, PresetChoice, ScreenState, Wizard, WizardStep } from './state.ts'
import { type ScreenStep, still } from './step.ts'
import { editText } from './text-field.ts'

const steps: readonly WizardStep[] = ['files', 'preset', 'place', 'review']

/** A key in the queue wizard: files, preset, place, review, go. Esc goes a step back, at last out. */
export function reduceWizard(state: ScreenState, wizard: Wizard, key: KeyPress): ScreenStep {
  if (key.name === 'esc') return back(state, wizard)
  if (key.name === 'back-tab') return wizard.step === 'files' ? still(state) : toStep(state, wizard, -1)
  switch (wizard.step) {
    case 'files':
      return reduceFiles(state, wizard, key)
    case 'preset':
      return reducePreset(state, wizard, key)
    case 'place':
      return reducePlace(state, wizard, key)
    case 'review':
      return reduceReview(state, wizard, key)
  }
}

const put = (state: ScreenState, wizard: Wizard, orders: readonly ScreenOrder[] = []): ScreenStep => ({
  state: { ...state, overlays: [...state.overlays.slice(0, -1), wizard] },
  orders
})

/** A text filter that holds something goes first, then the step, then the wizard. */
function back(state: ScreenState, wizard: Wizard): ScreenStep {
  if (wizard.step === 'files') {
    if (wizard.typed !== '') return put(state, { ...wizard, typed: '', at: 0 })
    return still({ ...state, overlays: state.overlays.slice(0, -1) })
  }
  if (wizard.step === 'preset' && wizard.presetTyped !== '')
    return put(state, { ...wizard, presetTyped: '', presetAt: 0 })
  return toStep(state, wizard, -1)
}

function toStep(state: ScreenState, wizard: Wizard, by: 1 | -1): ScreenStep {
  const step = steps[steps.indexOf(wizard.step) + by]
  if (step === undefined) return still(state)
  const next: Wizard = { ...wizard, ...noPlan, step, error: null, top: 0 }
  if (step === 'preset' && next.presets === null) return put(state, next, [{ kind: 'load-presets' }])
  return step === 'review' ? put(state, ...planned(next)) : put(state, next)
}

/** A plan is of the choices as they stood when it was asked for: any other step may change them. */
const noPlan = { planOf: null, plan: [], planState: 'none', planTotal: null } as const

/** The wizard with a plan under way of what it has been told. */
export function planned(wizard: Wizard): [Wizard, ScreenOrder[]] {
  const wish = wishOf(wizard)
  return [{ ...wizard, ...noPlan, planOf: wish, planState: 'running' }, [{ kind: 'plan', wish }]]
}

/** What the file browser shows: the folder above, then what contains the typed words. */
export function shownEntries({ entries, typed, folder }: Wizard): readonly FolderEntry[] {
  const words = typed.toLowerCase()
  const inside = (entries ?? []).filter(({ name }) => name.toLowerCase().includes(words))
  const isTop = parentOf(folder) === folder
  return isTop || words !== '' ? inside : [{ name: '..', kind: 'folder', sizeBytes: 0 }, ...inside]
}

/** Presets that contain the typed words in name or description. */
export const shownPresets = ({ presets, presetTyped }: Wizard): readonly PresetChoice[] =>
  (presets ?? []).filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(presetTyped.toLowerCase())
  )

const separator = (folder: string): string => (/^[A-Za-z]:\\|^\\\\/.test(folder) ? '\\' : '/')

/** A path inside a folder, as this system writes it. */
export function pathIn(folder: string, name: string): string {
  const mark = separator(folder)
  return folder.endsWith(mark) ? folder + name : folder + mark + name
}

/** Where an entry is that is shown. */
export const entryPath = ({ folder }: Pick<Wizard, 'folder'>, { name, path }: FolderEntry): string =>
  path ?? pathIn(folder, name)

/** The folder above; the same one at the top. */
export function parentOf(folder: string): string {
  const mark = separator(folder)
  const trimmed = folder.endsWith(mark) ? folder.slice(0, -1) : folder
  const at = trimmed.lastIndexOf(mark)
  if (at < 0) return folder
  const parent = trimmed.slice(0, at)
  return parent === '' || /^[A-Za-z]:$/.test(parent) ? parent + mark : parent
}

const clamp = (value: number, count: number): number => Math.max(0, Math.min(value, count - 1))

function stepOf(key: KeyPress, rows: number): number {
  const page = Math.max(1, rows - 10)
  if (key.name === 'up') return -1
  if (key.name === 'down') return 1
  if (key.name === 'page-up') return -page
  if (key.name === 'page-down') return page
  if (key.name === 'home') return Number.NEGATIVE_INFINITY
  return key.name === 'end' ? Number.POSITIVE_INFINITY : 0
}

function reduceFiles(state: ScreenState, wizard: Wizard, key: KeyPress): ScreenStep {
  const shown = shownEntries(wizard)
  const entry = shown[wizard.at]
  const by = stepOf(key, state.rows)
  if (by !== 0) return put(state, { ...wizard, at: clamp(wizard.at + by, shown.length) })
  if (key.name === 'text' && key.text === ' ') return put(state, choose(wizard, entry, shown.length))
  if (key.name === 'text') return put(state, { ...wizard, typed: wizard.typed + key.text, at: 0 })
  if (key.name === 'backspace' && wizard.typed !== '')
    return put(state, { ...wizard, typed: wizard.typed.slice(0, -1), at: 0 })
  if (key.name === 'backspace' || key.name === 'left') return enter(state, wizard, parentOf(wizard.folder))
  if (key.name === 'tab') return wizard.chosen.length > 0 ? toStep(state, wizard, 1) : still(state)
  if ((key.name === 'enter' || key.name === 'right') && entry !== undefined && entry.kind !== 'file') {
    return enter(state, wizard, entry.name === '..' ? parentOf(wizard.folder) : entryPath(wizard, entry))
  }
  if (key.name === 'enter' && entry) {
    const next = wizard.chosen.length > 0 ? wizard : choose(wizard, entry, 0)
    return next.chosen.length > 0 ? toStep(state, next, 1) : still(state)
  }
  return still(state)
}

function enter(state: ScreenState, wizard: Wizard, folder: string): ScreenStep {
  if (folder === wizard.folder) return still(state)
  const next: Wizard = { ...wizard, folder, entries: null, listError: null, typed: '', at: 0 }
  return put(state, next, [{ kind: 'browse', folder }])
}

/** Chosen, or not any more; the cursor goes on. */
function choose(wizard: Wizard, entry: FolderEntry | undefined, count: number): Wizard {
  if (!entry || entry.name === '..' || entry.trouble !== undefined) return wizard
  const path = entryPath(wizard, entry)
  const chosen = wizard.chosen.includes(path)
    ? wizard.chosen.filter((one) => one !== path)
    : [...wizard.chosen, path]
  return { ...wizard, chosen, at: count > 0 ? clamp(wizard.at + 1, count) : wizard.at }
}

function reducePreset(state: ScreenState, wizard: Wizard, key: KeyPress): ScreenStep {
  const shown = shownPresets(wizard)
  const by = stepOf(key, state.rows)
  if (by !== 0) return atPreset(state, { ...wizard, presetAt: clamp(wizard.presetAt + by, shown.length) })
  if (key.name === 'enter' || key.name === 'tab')
    return shown[wizard.presetAt] ? toStep(state, wizard, 1) : still(state)
  if (key.name === 'text')
    return atPreset(state, { ...wizard, presetTyped: wizard.presetTyped + key.text.trim(), presetAt: 0 })
  if (key.name === 'backspace')
    return atPreset(state, { ...wizard, presetTyped: wizard.presetTyped.slice(0, -1), presetAt: 0 })
  return still(state)
}

function atPreset(state: ScreenState, wizard: Wizard): ScreenStep {
  const name = shownPresets(wizard)[wizard.presetAt]?.name
  return put(state, { ...wizard, error: null }, name === undefined ? [] : [{ kind: 'load-preset', name }])
}

/** Fields of the place step, from the top. */
export const placeFields = ['outDir', 'existing', 'chunked', 'priority'] as const

const existingWays = ['leave', 'replace', 'keep'] as const

function reducePlace(state: ScreenState, wizard: Wizard, key: KeyPress): ScreenStep {
  if (key.name === 'up' || key.name === 'down') {
    const by = key.name === 'up' ? -1 : 1
    return put(state, { ...wizard, placeAt: clamp(wizard.placeAt + by, placeFields.length) })
  }
  if (key.name === 'enter' || key.name === 'tab') {
    const error = whyNotPlace(wizard)
    return error === null ? toStep(state, wizard, 1) : put(state, { ...wizard, error })
  }
  const by = key.name === 'left' ? -1 : key.name === 'right' || key.text === ' ' ? 1 : 0
  switch (placeFields[wizard.placeAt]) {
    case 'outDir':
      return put(state, { ...wizard, outDir: editText(wizard.outDir, key), error: null })
    case 'existing': {
      const index = (existingWays.indexOf(wizard.existing) + by + existingWays.length) % existingWays.length
      return put(state, { ...wizard, existing: existingWays[index] ?? 'leave' })
    }
    case 'chunked':
      return put(state, by === 0 ? wizard : { ...wizard, chunked: !wizard.chunked })
    default:
      return put(state, { ...wizard, priority: editText(wizard.priority, key), error: null })
  }
}

function whyNotPlace({ outDir, priority }: Wizard): string | null {
  const folder = outDir.text.trim()
  if (folder !== '' && !/^([/\\~]|[A-Za-z]:[\\/])/.test(folder))
    return 'Give the whole path of the folder, or leave it empty for the usual place'
  const number = Number(priority.text.trim() || '0')
  return Number.isInteger(number) && Math.abs(number) <= 100
    ? null
    : 'The priority is a whole number from -100 to 100'
}

function reduceReview(state: ScreenState, wizard: Wizard, key: KeyPress): ScreenStep {
  if (key.name === 'enter') {
    if (wizard.queueing) return still(state)
    // Queueing looks at the same files: a plan that is still being made would do so beside it.
    const cut = wizard.planState === 'running' ? ({ planOf: null, planState: 'none' } as const) : {}
    return put(state, { ...wizard, ...cut, queueing: true, error: null }, [
      { kind: 'queue', wish: wishOf(wizard) }
    ])
  }
  const by = stepOf(key, state.rows)
  return put(state, { ...wizard, top: scrolledTop(state, wizard, by) })
}

/** What the wizard has been told, as a wish. */
export function wishOf(wizard: Wizard): QueueWish {
  const outDir = wizard.outDir.text.trim()
  return {
    chosen: wizard.chosen,
    preset: shownPresets(wizard)[wizard.presetAt]?.name ?? '',
    outDir: outDir === '' ? null : outDir,
    nameTemplate: null,
    priority: Number(wizard.priority.text.trim() || '0'),
    force: wizard.existing === 'replace',
    keep: wizard.existing === 'keep',
    noChunk: !wizard.chunked,
    chunkMs: null,
    worthChunkingMs: null,
    tags: []
  }
}
