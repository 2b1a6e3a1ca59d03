import { createLogUpdate } from 'log-update'
import type { ViewSize } from './bars.ts'
import type { OutStream } from './terminal.ts'

export interface LiveView {
  /** Something changed: draw soon. Never more often than `intervalMs`. */
  change(): void
  /** Lets `write` put lines that stay above the live part, on this stream or another of the same terminal. */
  above(write: () => void): void
  /** Removes the live part and gives the terminal back. Idempotent. */
  end(): void
}

/** 4 pictures a second: what an eye follows, at next to no cost. */
const intervalMs = 250

/**
 * A picture at the bottom of the terminal that is drawn over in place. `render` gets the size of the moment and
 * returns lines that fit it. The cursor comes back however the process ends.
 */
export function openLiveView(stream: OutStream, render: (size: ViewSize) => readonly string[]): LiveView {
  const log = createLogUpdate(stream as NodeJS.WriteStream)
  let timer: NodeJS.Timeout | null = null
  let ended = false
  const draw = () => {
    timer = null
    if (!ended) log(render({ columns: stream.columns ?? 80, rows: stream.rows ?? 24 }).join('\n'))
  }
  const redraw = () => {
    if (timer) clearTimeout(timer)
    draw()
  }
  stream.on?.('resize', redraw)
  draw()
  return {
    change() {
      timer ??= setTimeout(draw, intervalMs)
    },
    above(write) {
      if (!ended) log.clear()
      write()
      redraw()
    },
    end() {
      if (ended) return
      ended = true
      if (timer) clearTimeout(timer)
      stream.off?.('resize', redraw)
      log.clear()
      log.done()
    }
  }
}
