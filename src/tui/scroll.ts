import { helpPage, peerPage, refusedPage } from './screens/details.ts'
import type { Body } from './screens/lists.ts'
import { taskPage } from './screens/task.ts'
import { reviewLines, reviewRoom } from './screens/wizard.ts'
import type { Overlay, ScreenState } from './state.ts'
import { styleOf } from './text/style.ts'

/** Lines of a frame that are not the body: header, tabs and rule above, rule and footer below. */
export const frameLines = 5

/** The first line of an overlay that is scrolled by so many lines: no further than its ends. */
export const scrolledTop = (
  state: ScreenState,
  overlay: Extract<Overlay, { top: number }>,
  by: number
): number => Math.max(0, Math.min(overlay.top + by, lastTop(state, overlay)))

/** The first line of an overlay with its end in view: scrolling goes no further, so that it turns back at once. */
function lastTop(state: ScreenState, overlay: Overlay): number {
  const height = state.rows - frameLines
  const body: Body = {
    width: state.columns,
    height: Number.POSITIVE_INFINITY,
    style: styleOf({ colour: false, ascii: false })
  }
  if (overlay.kind === 'wizard')
    return Math.max(0, reviewLines(overlay, body).length - reviewRoom(overlay, { ...body, height }))
  return Math.max(0, pageLines(state, overlay, body).length - height)
}

function pageLines(state: ScreenState, overlay: Overlay, body: Body): readonly string[] {
  switch (overlay.kind) {
    case 'help':
      return helpPage({ ...overlay, top: 0 }, body)
    case 'task':
      return taskPage({ ...overlay, top: 0 }, body)
    case 'peer':
      return peerPage(state, { ...overlay, top: 0 }, body)
    case 'refused':
      return refusedPage({ ...overlay, top: 0 }, body)
    default:
      return []
  }
}
