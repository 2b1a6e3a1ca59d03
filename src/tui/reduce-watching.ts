import type { Command } from './keys.ts'
import type { ScreenOrder } from './orders.ts'
import type { Overlay, ScreenState } from './state.ts'
import { type ScreenStep, still, withNotice } from './step.ts'

/** What a screen on another machine's node may want: it only looks. */
const isHarmless = (order: ScreenOrder): boolean =>
  order.kind === 'copy' || order.kind === 'notify' || (order.kind === 'quit' && !order.stopNode)

/** What lies over the lists without being asked of the node. */
const harmlessOverlays: readonly Overlay['kind'][] = ['help', 'peer']

/** Keys that come to nothing there; the footer leaves them out. */
export const actingCommands: ReadonlySet<Command> = new Set([
  'add',
  'pause',
  'cancel',
  'retry',
  'raise',
  'lower',
  'drain',
  'invite',
  'join'
])

/** The step as it may be taken while another machine's node is watched: what asks anything of it is told instead. */
export function onlyWatching(before: ScreenState, step: ScreenStep, name: string): ScreenStep {
  const over = step.state.overlays.at(-1)
  const isOpened = step.state.overlays.length > before.overlays.length && over !== undefined
  if (step.orders.every(isHarmless) && (!isOpened || harmlessOverlays.includes(over.kind))) return step
  const text =
    isOpened && (over.kind === 'job' || over.kind === 'task')
      ? `This screen only watches ${name}: the details of a job are on its own`
      : `This screen only watches ${name}: it changes nothing there`
  return still(withNotice({ ...before, prompt: null }, 'info', text))
}
