import { InvalidArgumentError } from 'commander'

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `5` and `5s` are seconds, `500ms`, `2m`, `1.5h`, `1:30` and `1:02:03` too. In milliseconds. */
export function parseDuration(text: string): number {
  const simple = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim())
  const clock = /^(?:(\d+):)?(\d{1,2}):(\d{2})$/.exec(text.trim())
  let ms: number
  if (simple) ms = Number(simple[1]) * (unitMs[simple[2] ?? 's'] as number)
  else if (clock) ms = (Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) * 1000
  else throw new InvalidArgumentError('A length of time is seconds (5), or 500ms, 2m, 1h, 1:30.')
  if (ms > 24 * 3_600_000) throw new InvalidArgumentError('At most 24 hours.')
  return Math.round(ms)
}

/** A duration above zero. */
export function parseLength(text: string): number {
  const ms = parseDuration(text)
  if (ms <= 0) throw new InvalidArgumentError('It must be more than 0.')
  return ms
}

/** A whole number within bounds. */
export function parseWhole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    }
    return value
  }
}

export const parsePort = parseWhole(0, 65_535)
export const parsePriority = parseWhole(-1000, 1000)
export const parseSlots = parseWhole(0, 256)

/** Whether `--peer` names a place to dial (`HOST:PORT`; `[…]:PORT` for IPv6) rather than a machine. */
export function isPeerAddress(text: string): boolean {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(text)
  return match !== null && Number(match[2]) >= 1 && Number(match[2]) <= 65_535
}

/** Collects `HOST:PORT` values; `[…]:PORT` for IPv6. */
export function collectPeers(text: string, before: string[] = []): string[] {
  if (!isPeerAddress(text)) {
    throw new InvalidArgumentError('A peer is HOST:PORT, such as 192.168.1.20:4870, or [fe80::1]:4870.')
  }
  return [...before, text]
}

/** Collects `HOST:PORT` values, and what can only be the name or the id of a machine. */
export const collectPeersOrNames = (text: string, before: string[] = []): string[] =>
  text.includes(':') ? collectPeers(text, before) : [...before, parsePeerName(text)]

/** The name or the id of a machine: it has no colon, which addresses have. */
export function parsePeerName(text: string): string {
  if (text.trim() === '' || text.includes(':')) {
    throw new InvalidArgumentError('It must be the name or the id of a machine, see `proxima-node peers`.')
  }
  return text.trim()
}

export const collectText = (text: string, before: string[] = []): string[] => [...before, text]
