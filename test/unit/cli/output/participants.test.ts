import { describe, expect, it } from 'vitest'
import { participantLines } from '../../../../src/cli/output/participants.ts'
import type { Participant } from '../../../../src/model/index.ts'

const member = (name: string, reason: string | null = null): Participant => ({
  peerId: `id of ${name}`,
  name,
  self: name === 'tower',
  takesPart: reason === null,
  reason
})

describe('who takes part', () => {
  it('is told in a line, and why the others do not in another', () => {
    const lines = participantLines([
      member('tower'),
      member('nuc'),
      member('laptop', 'its ffmpeg has no working encoder libsvtav1')
    ])
    expect(lines).toEqual([
      'takes part: tower (this machine), nuc',
      'not: laptop: its ffmpeg has no working encoder libsvtav1'
    ])
  })

  it('goes without saying for a machine that is alone, unless it cannot', () => {
    expect(participantLines([member('tower')])).toEqual([])
    expect(participantLines([member('tower', 'its disk is full')])).toEqual([
      'nobody can take part now',
      'not: tower (this machine): its disk is full'
    ])
  })

  it('puts machines with the same reason together and counts what is too much for a line', () => {
    const away = Array.from({ length: 10 }, (_, i) => member(`m${i}`, 'it was stopped'))
    const odd = Array.from({ length: 5 }, (_, i) => member(`o${i}`, `reason ${i}`))
    expect(participantLines([member('tower'), ...away, ...odd])[1]).toBe(
      'not: m0, m1, m2, m3, m4, m5, m6, m7, and 2 more: it was stopped; o0: reason 0; o1: reason 1; o2: reason 2; and 2 more'
    )
  })

  it('lets no name and no reason from another machine move the cursor', () => {
    expect(participantLines([member('tower'), member('a\u001b[2J', 'b\nc')])).toEqual([
      'takes part: tower (this machine)',
      'not: a [2J: b c'
    ])
  })
})
