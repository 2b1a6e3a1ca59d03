/** Lines that ffmpeg prints after the one that says what is wrong. */
const afterthoughts =
  /^(Conversion failed!|Exiting |Error opening (input|output) files|Error while filtering|Terminating|Nothing was written)|received no packets|Last message repeated|Task finished with error|Qavg:/

const complaints =
  /error|invalid|failed|no such|no space|quota|denied|unable|cannot|can't|could not|not supported|not found|unknown|unrecognized|does not|incorrect|too (small|large|big|many)|unsupported|must be/i

/** The last lines of a log with the one that says most put first, without ffmpeg's `[name @ address]`. */
export function summarize(lines: readonly string[]): string {
  const telling =
    lines.findLast((line) => complaints.test(line) && !afterthoughts.test(bare(line))) ?? lines.at(-1) ?? ''
  return [bare(telling), ...lines].join('\n')
}

/** `No space left on device` of `[out#0/mov @ 0x55d] No space left on device`. */
export const bare = (line: string): string => line.replace(/^(\[[^\]]* @ [^\]]*\] ?)+/, '').trim()

/** What says that a machine is in trouble, not the task: out of space, mount gone, no permission, out of memory. */
const troubles =
  /no space left on device|disk quota exceeded|read-only file system|permission denied|input\/output error|stale (nfs )?file handle|transport endpoint is not connected|cannot allocate memory|too many open files|\b(ENOSPC|EDQUOT|EROFS|EACCES|EPERM|EIO|ESTALE|ENOTCONN|EHOSTDOWN|ETIMEDOUT|ENOMEM|EMFILE|ENFILE)\b/i

/** A disk or share that does not answer, as ffmpeg and the system name it. */
const silence =
  /input\/output error|stale (nfs )?file handle|transport endpoint is not connected|host is down|connection timed out/i

/** The words for storage that does not answer in a tool's complaints, or null when there are none. */
export const silenceIn = (text: string): string | null => silence.exec(text)?.[0] ?? null

/** The words for a machine's own trouble in a log or an error's text, or null when there are none. */
export const troubleIn = (text: string): string | null => troubles.exec(text)?.[0] ?? null
