import type { Participant } from '../../model/index.ts'
import { clean } from './format.ts'

/** So many machines are named in a line, and so many reasons told; the others are counted. */
const maxNames = 8
const maxReasons = 4

/**
 * Who takes part in a job and why the others do not, in two lines at most. Nothing for a machine that is alone: there
 * it goes without saying.
 */
export function participantLines(participants: readonly Participant[]): string[] {
  const able = participants.filter(({ takesPart }) => takesPart)
  const others = participants.filter(({ takesPart }) => !takesPart)
  if (others.length === 0 && able.length <= 1) return []
  const takes = able.length === 0 ? 'nobody can take part now' : `takes part: ${namesOf(able)}`
  return others.length === 0 ? [takes] : [takes, `not: ${reasonsOf(others)}`]
}

const nameOf = ({ name, self }: Participant): string => `${clean(name)}${self ? ' (this machine)' : ''}`

const namesOf = (participants: readonly Participant[]): string =>
  counted(participants.map(nameOf), maxNames, ', ')

/** Machines with the same reason stand together. */
function reasonsOf(others: readonly Participant[]): string {
  const byReason = new Map<string, Participant[]>()
  for (const other of others) {
    const reason = clean(other.reason ?? 'it cannot')
    byReason.set(reason, [...(byReason.get(reason) ?? []), other])
  }
  return counted(
    [...byReason].map(([reason, machines]) => `${namesOf(machines)}: ${reason}`),
    maxReasons,
    '; '
  )
}

function counted(items: readonly string[], most: number, separator: string): string {
  const more = items.length > most ? [`and ${items.length - most} more`] : []
  return [...items.slice(0, most), ...more].join(separator)
}
