import { expect, it } from 'vitest'
import type { ControlHandlers } from '../../../src/node/control/index.ts'
import { earlyHandlers } from '../../../src/node/early-handlers.ts'
import { fakeHandlers, nodeInfo } from '../../support/control.ts'

it('lets commands and screens that come early wait for the node', async () => {
  const ready = Promise.withResolvers<ControlHandlers>()
  const early = earlyHandlers(ready.promise)
  const info = early.info({})
  const { signal } = new AbortController()
  const parts = Array.fromAsync(early.screen({}, signal))
  const jobs = Array.fromAsync(early.watchJobs({ ids: null }, signal))
  ready.resolve(
    fakeHandlers({
      info: async () => nodeInfo,
      async *screen() {
        yield { kind: 'synced' }
      },
      async *watchJobs() {}
    })
  )
  expect(await info).toEqual(nodeInfo)
  expect(await parts).toEqual([{ kind: 'synced' }])
  expect(await jobs).toEqual([])
})
