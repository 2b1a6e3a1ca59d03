import type { PlanLine } from '../../model/index.ts'
import { entryPath, parentOf, placeFields, shownEntries, shownPresets } from '../reduce-wizard.ts'
import { windowTop } from '../selectors.ts'
import type { FolderEntry, Wizard } from '../state.ts'
import { baseName, clean, column, count, fitText, formatLength, formatSize } from '../text/format.ts'
import { hanging, wrap } from '../text/wrap.ts'
import { fieldLine } from '../widgets/field.ts'
import { ruleLine } from '../widgets/header.ts'
import { type Body, filled } from './lists.ts'

const steps = ['files', 'preset', 'place', 'review'] as const
const stepTitles = { files: 'Files', preset: 'Preset', place: 'Destination', review: 'Review' } as const

/** The queue wizard. */
export function wizardPage(wizard: Wizard, body: Body): string[] {
  const { width, height, style } = body
  const trail = steps
    .map((step, i) => {
      const text = `${i + 1} ${stepTitles[step]}`
      return step === wizard.step ? style.paint('strong', `[${text}]`) : style.paint('faint', ` ${text} `)
    })
    .join(' ')
  const head = [`${width < 72 ? '' : ' Add to the queue  '}${trail}`, '']
  const error = errorLines(wizard, width).map((line) => style.paint('bad', line))
  const inner: Body = { ...body, height: Math.max(1, height - head.length - error.length) }
  const pages = { files: filesPage, preset: presetPage, place: placePage, review: reviewPage }
  return [...head, ...filled(pages[wizard.step](wizard, inner), inner.height), ...error]
}

const errorLines = ({ error }: Wizard, width: number): string[] =>
  error === null ? [] : wrap(error, width - 2).map((line) => ` ${line}`)

/** The review's lines of what was planned, as many as there are. */
export const reviewLines = ({ plan }: Wizard, body: Body): string[] =>
  plan.flatMap((line) => planLines(line, body))

/** Lines above and below the review's list: the steps and a blank one, sums and a blank one, and what Enter does. */
const aroundReview = 2 + 5 + 1

/** How many of the review's lines are in view. */
export const reviewRoom = (wizard: Wizard, { width, height }: Body): number =>
  Math.max(1, height - aroundReview - errorLines(wizard, width).length)

function filesPage(wizard: Wizard, { width, height, style }: Body): string[] {
  const chosen =
    wizard.chosen.length === 0
      ? 'nothing chosen yet'
      : `${wizard.chosen.length} chosen: ${wizard.chosen.map(baseName).join(', ')}`
  const head = [
    fitText(` in ${clean(wizard.folder)}`, width, 'middle'),
    fitText(wizard.typed === '' ? '' : ` only what contains: ${clean(wizard.typed)}`, width)
  ]
  const foot = [style.paint(wizard.chosen.length > 0 ? 'good' : 'faint', fitText(` ${clean(chosen)}`, width))]
  if (wizard.entries === null) return [...head, '  …']
  const shown = shownEntries(wizard)
  const why =
    wizard.listError ??
    (wizard.typed !== ''
      ? 'Nothing here contains that. Backspace takes it back.'
      : shown.length <= 1
        ? 'No videos and no folders here.'
        : null)
  const room = Math.max(1, height - head.length - foot.length - (why === null ? 0 : 1))
  const top = windowTop(wizard.at, room, shown.length)
  const rows = shown.slice(top, top + room).map((entry, i) => {
    const { name, kind } = entry
    const isAt = top + i === wizard.at
    const isChosen = name !== '..' && wizard.chosen.includes(entryPath(wizard, entry))
    const mark = ` ${isAt ? '>' : ' '}${isChosen ? '*' : ' '} `
    const size = name === '..' ? fitText(parentOf(wizard.folder), 20, 'middle') : entryTold(entry)
    const nameWidth = Math.max(8, width - 4 - 22)
    const text = column(clean(name) + (kind === 'folder' ? '/' : ''), nameWidth, { cut: 'middle' })
    return `${style.paint('strong', mark)}${isAt ? style.paint('strong', text) : text} ${style.paint('faint', column(clean(size), 20, { align: 'right' }))}`
  })
  return [
    ...head,
    ...filled(
      [...rows, ...(why === null ? [] : [style.paint('warn', fitText(`  ${why}`, width))])],
      height - head.length - foot.length
    ),
    ...foot
  ]
}

/** What is said of an entry beside its name. */
function entryTold({ kind, sizeBytes, detail, trouble }: FolderEntry): string {
  if (trouble !== undefined) return fitText(trouble, 20)
  if (detail !== undefined) return fitText(detail, 20)
  return kind === 'file' ? formatSize(sizeBytes) : kind
}

function presetPage(wizard: Wizard, { width, height, style }: Body): string[] {
  if (wizard.presets === null) return ['  …']
  const shown = shownPresets(wizard)
  const head =
    wizard.presetTyped === '' ? [] : [fitText(` only what contains: ${clean(wizard.presetTyped)}`, width)]
  const recipe = wizard.recipe?.name === shown[wizard.presetAt]?.name ? (wizard.recipe?.lines ?? []) : []
  const recipeRoom = Math.min(recipe.length + 1, Math.floor(height * 0.45))
  const room = Math.max(1, height - head.length - recipeRoom)
  const top = windowTop(wizard.presetAt, room, shown.length)
  const nameWidth = Math.min(24, Math.max(8, ...shown.map(({ name }) => name.length)))
  const rows = shown.slice(top, top + room).map(({ name, description, trouble }, i) => {
    const isAt = top + i === wizard.presetAt
    const text = column(clean(name), nameWidth)
    return fitOver(
      `${isAt ? ' > ' : '   '}`,
      isAt ? style.paint('strong', text) : text,
      `  ${clean(trouble === null ? description : `${trouble} (${description})`)}`,
      width,
      nameWidth + 3
    )
  })
  const list = rows.length > 0 ? rows : ['  No preset contains that. Backspace takes it back.']
  if (recipeRoom < 2) return [...head, ...list]
  return [
    ...head,
    ...filled(list, room),
    ruleLine('what it resolves to', width, style),
    ...recipe.slice(0, recipeRoom - 1).map((line) => fitText(`  ${clean(line)}`, width))
  ]
}

const fitOver = (mark: string, painted: string, rest: string, width: number, used: number): string =>
  `${mark}${painted}${fitText(rest, Math.max(0, width - used))}`

const existingTold = {
  leave: 'leave it: such files are not encoded again',
  replace: 'replace it',
  keep: 'keep it, and number the new one'
} as const

function placePage(wizard: Wizard, { width, style }: Body): string[] {
  const isAt = (field: (typeof placeFields)[number]) => placeFields[wizard.placeAt] === field
  const choice = (field: (typeof placeFields)[number], name: string, text: string): string =>
    `${style.paint('strong', isAt(field) ? ' > ' : '   ')}${column(name, 14)}${fitText(isAt(field) ? `← ${text} →` : text, width - 18)}`
  return [
    fieldLine('folder', wizard.outDir, { width, isActive: isAt('outDir'), style }),
    ...(wizard.outDir.text === ''
      ? [style.paint('faint', fitText(`${' '.repeat(17)}empty: in a folder Proxy beside each source`, width))]
      : ['']),
    choice('existing', 'if it exists', existingTold[wizard.existing]),
    '',
    choice('chunked', 'share out', wizard.chunked ? 'in chunks where that pays' : 'each file on one machine'),
    '',
    fieldLine('priority', wizard.priority, { width, isActive: isAt('priority'), style })
  ]
}

function reviewPage(wizard: Wizard, { width, height, style }: Body): string[] {
  const { plan, planState, planTotal } = wizard
  const plans = plan.flatMap((line) => (line.kind === 'plan' ? [line] : []))
  const existing = plan.filter(({ kind }) => kind === 'exists').length
  const refused = plan.filter(({ kind }) => kind === 'refused').length
  const frames = plans.reduce((sum, line) => sum + line.frames, 0)
  const durationMs = plans.reduce((sum, line) => sum + line.durationMs, 0)
  const chunks = plans.reduce((sum, line) => sum + line.chunks, 0)
  const list = (parts: readonly string[]): string => parts.filter((text) => text !== '').join(', ')
  const looked =
    planState !== 'running'
      ? ''
      : planTotal === null
        ? 'looking for the files…'
        : `looking at the files: ${plan.length} of ${planTotal}…`
  const isBlank = looked !== '' && plan.length === 0
  const work = list([
    `${count(plans.length, 'file')} to encode`,
    `${frames} frames, ${formatLength(durationMs)}`,
    chunks > plans.length ? `about ${chunks} chunks` : ''
  ])
  const others = list([
    existing > 0 ? `${existing} there already` : '',
    refused > 0 ? `${refused} refused` : ''
  ])
  const head = [
    style.paint('strong', fitText(` ${isBlank ? looked : work}`, width)),
    fitText(` ${spaceTold(plans)}`, width),
    fitText(` ${partsTold(plans)}`, width),
    style.paint('warn', fitText(` ${list([others, isBlank ? '' : looked])}`, width)),
    ''
  ]
  const foot = wizard.queueing
    ? style.paint('busy', ' queueing…')
    : plans.length > 0
      ? style.paint('good', fitText(' Enter queues them.', width))
      : ''
  const lines = reviewLines(wizard, { width, height, style })
  const room = Math.max(1, height - head.length - 1)
  const first = Math.max(0, Math.min(wizard.top, lines.length - room))
  return [...head, ...filled(lines.slice(first, first + room), room), foot]
}

type Plan = Extract<PlanLine, { kind: 'plan' }>

/** How much the outputs take, and whether it fits. Of several disks the fullest is told. */
function spaceTold(plans: readonly Plan[]): string {
  if (plans.length === 0) return ''
  const bytes = plans.reduce((sum, { estimateBytes }) => sum + estimateBytes, 0)
  const freeBytes = Math.min(...plans.map((plan) => plan.freeBytes))
  const short = bytes > freeBytes ? ': NOT ENOUGH' : ''
  return `about ${formatSize(bytes)}, ${formatSize(freeBytes)} free there${short}`
}

/** Who takes part in any of them. */
function partsTold(plans: readonly Plan[]): string {
  const names = new Set(
    plans.flatMap(({ participants }) =>
      participants.flatMap(({ name, takesPart }) => (takesPart ? [clean(name)] : []))
    )
  )
  return names.size === 0 ? '' : `encoded by ${[...names].join(', ')}`
}

function planLines(line: PlanLine, { width, style }: Body): string[] {
  const name = clean(baseName(line.source))
  if (line.kind === 'refused') {
    const { message } = line.error
    const why = message.includes(baseName(line.source)) ? message : `${name}: ${message}`
    return hanging(' refused  ', why, width).map((text) => style.paint('bad', text))
  }
  if (line.kind === 'exists')
    return [style.paint('warn', fitText(` exists   ${name}: ${clean(line.message)}`, width))]
  const shape = line.chunks > 1 ? `about ${line.chunks} chunks` : 'in one piece'
  const preset = line.chosen === null ? '' : `${clean(line.preset)} (${clean(line.chosen)}), `
  const note = line.note === null ? '' : ` (${clean(line.note)})`
  return [
    ...wrap(
      `${name}  ${preset}${line.frames} frames, ${formatLength(line.durationMs)}, ${shape}${note}`,
      width - 4
    ).map((text, i) => `${i === 0 ? ' ' : '   '}${text}`),
    style.paint('faint', fitText(`   → ${clean(line.output)}`, width, 'middle')),
    ...line.warnings.map((warning) => style.paint('warn', fitText(`   ${clean(warning)}`, width)))
  ]
}
