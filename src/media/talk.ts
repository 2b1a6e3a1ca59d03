import { type LogLevel, logLevels } from './presets/index.ts'

/** How ffmpeg's log is asked for, and how its lines are read. */
export interface Talk {
  /** The value of `-loglevel`. */
  level: string
  /** A line without marks, and whether it is of the wanted level. */
  read: (line: string) => { text: string; wanted: boolean }
}

/**
 * What `showinfo` proves is said at `info`, and so is how a run ended: ffmpeg never says less. Of a quieter level, its
 * lines are marked with theirs and sorted out here.
 */
export function talkAt(level: LogLevel | null): Talk {
  const quietest = logLevels.indexOf(level ?? 'info')
  if (quietest >= logLevels.indexOf('info')) {
    return { level: level ?? 'info', read: (text) => ({ text, wanted: true }) }
  }
  return {
    level: 'level+info',
    read: (line) => {
      const mark = /(?:^|\] )\[([a-z]+)\] /.exec(line)
      // What libraries print past ffmpeg has no mark.
      const said = logLevels.indexOf((mark?.[1] ?? 'info') as LogLevel)
      return { text: line.replace(/(^|\] )\[[a-z]+\] /, '$1'), wanted: said >= 0 && said <= quietest }
    }
  }
}
