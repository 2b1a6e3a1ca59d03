import { createLogUpdate } from 'log-update'
import stringWidth from 'string-width'
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
  // Its own way to hide the cursor writes to the process's stderr, which waits for the terminal.
  const log = createLogUpdate(stream as NodeJS.WriteStream, { showCursor: true })
  let timer: NodeJS.Timeout | null = null
  let ended = false
  let drawn: { lines: readonly string[]; columns: number } = { lines: [], columns: 0 }
  const clear = () => {
    // A terminal that became narrower has broken the lines: they stand on more rows than were written.
    const columns = stream.columns ?? 80
    const more = columns < drawn.columns ? rowsBeyond(drawn.lines, columns) : 0
    log.clear()
    if (more > 0) stream.write(eraseRowAbove.repeat(more))
    drawn = { lines: [], columns }
  }
  const draw = () => {
    timer = null
    if (ended) return
    if (stream.isBehind) {
      timer = setTimeout(draw, intervalMs)
      return
    }
    const size = { columns: stream.columns ?? 80, rows: stream.rows ?? 24 }
    if (size.columns < drawn.columns) clear()
    drawn = { lines: render(size), columns: size.columns }
    log(drawn.lines.join('\n'))
  }
  const redraw = () => {
    if (timer) clearTimeout(timer)
    draw()
  }
  const giveBackCursor = () => {
    const terminal = [process.stdout, process.stderr].find(({ isTTY }) => isTTY)
    terminal?.write(showCursor)
  }
  stream.on?.('resize', redraw)
  stream.write(hideCursor)
  process.once('exit', giveBackCursor)
  draw()
  return {
    change() {
      timer ??= setTimeout(draw, intervalMs)
    },
    above(write) {
      if (!ended) clear()
      write()
      redraw()
    },
    end() {
      if (ended) return
      ended = true
      if (timer) clearTimeout(timer)
      stream.off?.('resize', redraw)
      clear()
      log.done()
      stream.write(showCursor)
      process.off('exit', giveBackCursor)
    }
  }
}

/** DECTCEM. */
const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

/** One up, then the whole row (ECMA-48 CUU and EL). */
const eraseRowAbove = '\u001b[1A\u001b[2K'

/** How many rows more than lines a picture takes where lines wider than `columns` are broken. */
const rowsBeyond = (lines: readonly string[], columns: number): number =>
  lines.reduce((sum, line) => sum + Math.max(0, Math.ceil(stringWidth(line) / columns) - 1), 0)
