import type { SearchProgress } from '../../node/edit/index.ts'
import { count, fitText } from './format.ts'
import { type LiveView, openLiveView } from './live.ts'
import type { Printer } from './printer.ts'

/** Tells a person how far a search is that may take minutes. */
export interface SearchTeller {
  tell(progress: SearchProgress): void
  /** Takes what stands on the terminal away. */
  end(): void
}

/** A search that is over sooner needs no words. */
const quietMs = 1_000
/** From line to line, where nothing can be drawn over. */
const lineEveryMs = 30_000

/**
 * On a terminal one line of stderr that is drawn over; elsewhere a line now and then; with JSON nothing. A search that
 * is over within a second is not spoken of.
 */
export function openSearchProgress(
  print: Printer,
  nowMs: () => number = () => performance.now()
): SearchTeller {
  if (print.json) return { tell() {}, end() {} }
  const beganMs = nowMs()
  let latest: SearchProgress = { what: 'search', done: 0, of: null }
  let view: LiveView | null = null
  let nextLineMs = beganMs + quietMs
  return {
    tell(progress) {
      latest = progress
      if (view !== null) return view.change()
      if (nowMs() < nextLineMs) return
      if (print.errTraits.live) {
        view = openLiveView(print.err, ({ columns }) => [
          fitText(progressLine(latest), Math.max(1, columns - 1))
        ])
        return
      }
      print.note(progressLine(progress))
      nextLineMs = nowMs() + lineEveryMs
    },
    end: () => view?.end()
  }
}

function progressLine({ what, done, of }: SearchProgress): string {
  switch (what) {
    case 'search':
      return `Searching the roots by name: ${count(done, 'file')} so far`
    case 'probe':
      return `Looking into files that may be the clips: ${done} of ${of}`
    case 'read':
      return `Reading the frames of clips that are used in part: ${done} of ${of}`
  }
}
