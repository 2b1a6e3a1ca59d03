import { describe, expect, it } from 'vitest'
import type { PeerView } from '../../../src/model/index.ts'
import { cli } from './fakes.ts'

const peer = { peerId: 'p', name: 'nuc' } as PeerView

describe('the capacity of this machine', () => {
  const node = () => {
    const asked: unknown[] = []
    const answer = async (params: unknown) => {
      asked.push(params)
      return peer
    }
    return { asked, running: { drain: answer, slots: answer } }
  }

  it('is drained and woken', async () => {
    const { asked, running } = node()
    expect((await cli(['drain'], { running })).stdout).toContain(
      'nuc ends what it runs and takes nothing new'
    )
    expect((await cli(['awake'], { running })).stdout).toContain('nuc takes work')
    expect(asked).toEqual([{ on: true }, { on: false }])
  })

  it('of a machine that is unwell does not come back by a word alone', async () => {
    const unwell = async () => ({ ...peer, state: 'unhealthy' as const, reason: 'the disk is full' })
    expect((await cli(['awake'], { running: { drain: unwell } })).stdout).toBe(
      'nuc is unwell, and looks at itself again now: the disk is full\n'
    )
  })

  it('is a number of slots; anything else is wrong usage', async () => {
    const { asked, running } = node()
    expect((await cli(['slots', '3'], { running })).stdout).toContain('nuc runs 3 tasks at once')
    expect((await cli(['slots', '1', '--json'], { running })).json()).toEqual([peer])
    expect((await cli(['slots', 'many'], { running })).status).toBe(2)
    expect(asked).toEqual([{ total: 3 }, { total: 1 }])
  })

  it('cannot be changed without a node', async () => {
    expect((await cli(['drain'], {})).status).toBe(3)
  })
})
