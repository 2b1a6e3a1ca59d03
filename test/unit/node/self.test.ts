import { expect, it } from 'vitest'
import type { PeerId } from '../../../src/model/index.ts'
import { SelfView } from '../../../src/node/self.ts'
import type { Self } from '../../../src/scheduler/index.ts'

it('tells of each difference once, also of slots and draining', () => {
  const told: Self[] = []
  const self = new SelfView(
    { peerId: 'tower' as PeerId, name: 'tower', slots: 2, tags: [], ffmpegVersion: null, fellowMembers: 0 },
    (changed) => told.push(changed)
  )
  self.update({ slots: 3 })
  self.update({ slots: 3 })
  self.update({ state: 'draining' })
  expect(told.map(({ slots, state }) => ({ slots, state }))).toEqual([
    { slots: 3, state: 'awake' },
    { slots: 3, state: 'draining' }
  ])
})
