/** What ffmpeg tells with `-progress`, every half second. */
export interface FfmpegProgress {
  frames: number
  fps: number
  sizeBytes: number
  /** Changes as long as ffmpeg gets on, also where there is no video. */
  mark: string
  ended: boolean
}

/**
 * Gathers the `key=value` lines of a progress block, which ends with `progress=continue` or `progress=end`.
 * @returns a function that takes a line and returns what the block said when it was its last line, else null
 */
export function createProgressParser(): (line: string) => FfmpegProgress | null {
  let block: Record<string, string> = {}
  return (line) => {
    const cut = line.indexOf('=')
    if (cut < 1) return null
    const key = line.slice(0, cut).trim()
    block[key] = line.slice(cut + 1).trim()
    if (key !== 'progress') return null
    const progress = parseProgress(block)
    block = {}
    return progress
  }
}

/** The meaning of one block. What is missing or `N/A` counts as 0. */
function parseProgress(block: Readonly<Record<string, string>>): FfmpegProgress {
  const number = (key: string): number => {
    const value = Number(block[key])
    return Number.isFinite(value) && value > 0 ? value : 0
  }
  return {
    frames: number('frame'),
    fps: number('fps'),
    sizeBytes: number('total_size'),
    mark: `${block.frame}|${block.out_time_us}|${block.total_size}`,
    ended: block.progress === 'end'
  }
}

/** The time (ticks) of a frame from a line of the `showinfo` filter; null when the line is another. */
export function parseShownFrame(line: string): number | null {
  const match = /Parsed_showinfo_\d+ @ [^\]]*\] n: *\d+ pts: *(-?\d+|NOPTS)/.exec(line)
  if (!match) return null
  return match[1] === 'NOPTS' ? Number.NaN : Number(match[1])
}

/** Everything else that `showinfo` prints: not for a log that people read. */
export const isShowInfo = (line: string): boolean => /Parsed_showinfo_\d+ @/.test(line)

/** Whether ffmpeg says that it could not decode a packet of a stream: the words of 5.1, and those of 7.0. */
export const isUndecoded = (line: string, streamIndex: number): boolean =>
  line.startsWith(`Error while decoding stream #0:${streamIndex}:`) ||
  (line.startsWith(`[vist#0:${streamIndex}/`) && line.includes('Error submitting packet to decoder'))
