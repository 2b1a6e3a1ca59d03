import { describe, expect, it } from 'vitest'
import { jobDetails } from '../../../../src/cli/output/jobs.ts'
import type { JobWithTasks, LinkView } from '../../../../src/model/index.ts'
import { jobView } from '../../../support/control.ts'

const plain = (_: unknown, text: string): string => text

/** The lines of `job ID` from `link` on. */
function shown(link: LinkView | null): string[] {
  const { tasks: _, ...view } = jobView('a', { status: 'completed' })
  const job: JobWithTasks = { ...view, shape: 'whole', tasks: [], link }
  const lines = jobDetails(job, null, plain)
  const at = lines.findIndex((line) => line.startsWith('link'))
  return at < 0 ? [] : lines.slice(at)
}

const linkOf = (own: Partial<LinkView>): LinkView => ({
  state: 'linked',
  reason: null,
  hint: null,
  project: 'Film',
  clips: [],
  changedAt: '2026-01-01T00:00:00.000Z',
  ...own
})

describe('the link of a job, for people', () => {
  it('names the clips', () => {
    const clips = ['A', 'B'].map((name) => ({ mediaId: name, name, state: 'linked', reason: null }) as const)
    expect(shown(linkOf({ clips }))).toEqual(['link      linked in Film (A, B)'])
  })

  it('says why it waits, or was refused, and which clips are another way', () => {
    expect(
      shown(linkOf({ state: 'pending', project: null, reason: 'it is closed', hint: 'Open it' }))
    ).toEqual(['link      not linked yet: it is closed. Open it.'])
    const clips: LinkView['clips'] = [
      { mediaId: 'a', name: 'A', state: 'refused', reason: '99 frames' },
      { mediaId: 'b', name: 'B', state: 'linked', reason: null }
    ]
    expect(shown(linkOf({ state: 'refused', reason: '99 frames', clips }))).toEqual([
      'link      not linked in Film: 99 frames.',
      '          B: linked'
    ])
  })

  it('is not spoken of where nothing is to be linked', () => {
    expect(shown(null)).toEqual([])
  })
})
