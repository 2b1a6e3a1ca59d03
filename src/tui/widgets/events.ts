import stringWidth from 'string-width'
import type { EventLevel, EventRow } from '../../model/index.ts'
import { clean, fitText, formatTime } from '../text/format.ts'
import type { Style } from '../text/style.ts'
import type { Shade } from '../text/terminal.ts'

export const levelShades: Readonly<Record<EventLevel, Shade | null>> = {
  info: null,
  good: 'good',
  warn: 'warn',
  bad: 'bad'
}

/** Columns of the time and the gap behind it. */
const timeWidth = 10

/** Whether a line of the log holds the whole of an event. */
export const fitsEvent = ({ text }: EventRow, width: number): boolean =>
  stringWidth(clean(text)) <= width - 4 - timeWidth

const told = (event: EventRow, width: number, style: Style): string => {
  const shade = levelShades[event.level]
  const text = fitText(clean(event.text), Math.max(0, width - timeWidth))
  return `${style.paint('faint', formatTime(event.at))}  ${shade === null ? text : style.paint(shade, text)}`
}

/** The newest events, the newest last. */
export const newestEvents = (
  events: readonly EventRow[],
  width: number,
  height: number,
  style: Style
): string[] => events.slice(-height).map((event) => ` ${told(event, width - 2, style)}`)

/** The events in view. */
export const eventsTable = (
  { events, cursor, top }: { events: readonly EventRow[]; cursor: number; top: number },
  width: number,
  height: number,
  style: Style
): string[] =>
  events
    .slice(top, top + height)
    .map(
      (event, i) =>
        `${style.paint('strong', top + i === cursor ? ' > ' : '   ')}${told(event, width - 4, style)}`
    )
