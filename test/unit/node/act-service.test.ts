import { describe, expect, it } from 'vitest'
import type { BlockedPeer } from '../../../src/model/index.ts'
import { actOnJobs, unblockPeers } from '../../../src/node/act-service.ts'
import { Bench, jobA, wholePlan } from '../scheduler/kit.ts'

/** A canceled job whose temporary files are still to be removed. */
function canceled() {
  const bench = new Bench().given(wholePlan())
  bench.command('cancel')
  const purge = () =>
    actOnJobs('purge', [jobA], { state: () => bench.state, turn: (event) => void bench.turn(event) }).results
  const cleaned = (ok: boolean) =>
    bench.turn({
      kind: 'job-files-cleaned',
      jobId: jobA,
      verdict: ok ? { ok } : { ok, reason: 'no storage', transient: true }
    })
  return { bench, purge, cleaned }
}

describe('purging a job', () => {
  it('says purged when it is gone', () => {
    const { bench, purge, cleaned } = canceled()
    cleaned(true)
    expect(purge()).toEqual([{ id: jobA, ok: true, status: 'purged', message: null }])
    expect(bench.state.jobs.size).toBe(0)
  })

  it('says that it waits for the storage of its files', () => {
    const { bench, purge, cleaned } = canceled()
    cleaned(false)
    expect(purge()).toEqual([
      { id: jobA, ok: true, status: 'canceled', message: 'will be purged when its storage is back' }
    ])
    bench.pass(60_000)
    cleaned(true)
    expect(bench.state.jobs.size).toBe(0)
  })

  it('says that its files are being removed', () => {
    expect(canceled().purge()).toMatchObject([
      { status: 'canceled', message: 'will be purged when its temporary files are gone' }
    ])
  })
})

describe('letting machines try a job again', () => {
  const blocked: BlockedPeer[] = ['nuc', 'mac'].map((name, i) => ({
    peerId: `12D3KooW${name}${i}`,
    name,
    since: null,
    reason: 'it failed'
  }))
  const unblock = (peer: string, list = blocked) => {
    const bench = new Bench().given(wholePlan())
    const wanted: unknown[] = []
    const act = { state: () => bench.state, turn: (event: unknown) => void wanted.push(event) }
    const { unblocked } = unblockPeers(jobA.slice(0, 5), peer, { ...act, blocked: () => list })
    return { names: unblocked.map(({ name }) => name), wanted }
  }

  it.each([
    ['nuc', ['nuc']],
    ['mac1', ['mac']],
    ['12D3KooWnuc0', ['nuc']],
    ['all', ['nuc', 'mac']]
  ])('takes %s', (peer, names) => {
    expect(unblock(peer).names).toEqual(names)
  })

  it('asks the node for those that were meant, by their ids', () => {
    expect(unblock('nuc').wanted).toEqual([
      { kind: 'unblock-requested', jobId: jobA, peerIds: ['12D3KooWnuc0'] }
    ])
  })

  it('says who is kept from it when the name is wrong, and accepts that nobody is', () => {
    expect(() => unblock('tower')).toThrow('tower is not kept from job aaaaaaaaaa')
    expect(unblock('all', []).names).toEqual([])
  })
})
