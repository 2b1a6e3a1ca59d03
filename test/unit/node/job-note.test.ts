import { describe, expect, it } from 'vitest'
import { noteOf } from '../../../src/node/job-note.ts'
import { Bench, benchWithJob, jobA, laptop, mac, needs, nuc, splitPlan, wholePlan } from '../scheduler/kit.ts'

const note = (bench: Bench): string | null => noteOf(bench.state, bench.job)
const gpu = { ...needs, tags: ['gpu'] }

describe('the note of a job', () => {
  it('says why no machine can take it, each with its reason', () => {
    const bench = new Bench().connect(nuc, { encoders: [] }).given(wholePlan({ needs: gpu }))
    expect(note(bench)).toBe(
      'no machine can take it: tower: it does not carry tag gpu; nuc: its ffmpeg has no working encoder dnxhd'
    )
  })

  it('names three machines and counts the others', () => {
    const bench = new Bench()
      .connect(nuc)
      .connect(mac)
      .connect(laptop)
      .given(wholePlan({ needs: gpu }))
    expect(note(bench)).toMatch(/^no machine can take it: tower: .*; nuc: .*; mac: .*; and 1 more$/)
  })

  it('says nothing while one machine can, or may be able to', () => {
    const bench = new Bench().connect(nuc, { tags: ['gpu'] }).given(wholePlan({ needs: gpu }))
    expect(note(bench)).toBeNull()
    bench.disconnect(nuc)
    expect(note(bench)).toContain('tag gpu')
    bench.turn({ kind: 'peer-connected', peerId: nuc, name: 'nuc', bootId: 'nuc-2' })
    expect(note(bench)).toBeNull()
  })

  it('counts a machine without slots as one that cannot', () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc, { slots: { total: 0, busy: 0 } })
    expect(note(bench.given(wholePlan()))).toBe(
      'no machine can take it: tower: it has no slots; nuc: it has no slots'
    )
  })

  it('says nothing while something of it runs, or nothing is ready', () => {
    const bench = benchWithJob({ self: { slots: 0 } })
    const lease = bench.stealOne(nuc)
    bench.hearStatus(nuc, { state: 'unhealthy', reason: 'its disk is full' })
    expect(note(bench)).toBeNull()
    bench.fail(nuc, lease)
    expect(note(bench)).toContain('nuc: it is unhealthy: its disk is full')
    bench.command('pause')
    expect(note(bench)).toBeNull()
    const planning = new Bench({ self: { slots: 0 } })
    planning.queue()
    expect(note(planning)).toBeNull()
  })

  it('of a join asks the owner alone, which needs no slot for it', () => {
    const bench = benchWithJob({ self: { slots: 0 } })
    bench.finish(nuc, bench.stealOne(nuc))
    bench.finish(nuc, bench.stealOne(nuc))
    expect(bench.task(1).status).toBe('ready')
    expect(note(bench)).toBeNull()
    bench.turn({ kind: 'self-changed', self: { ...bench.state.self, state: 'unhealthy' } })
    expect(note(bench)).toBe('no machine can take it: tower: it is unhealthy')
  })

  it('of a clip outside shared storage names this machine alone', () => {
    const own = wholePlan({ needs: { ...gpu, ownerOnly: true } })
    const bench = new Bench().connect(nuc, { tags: ['gpu'] }).given(own)
    expect(note(bench)).toBe('no machine can take it: tower: it does not carry tag gpu')
    bench.turn({ kind: 'job-commanded', jobId: jobA, command: 'cancel' })
    expect(note(bench)).toMatch(/encoded on this machine alone$/)
  })

  it('is empty where there is nothing to say', () => {
    expect(note(new Bench().given(splitPlan()))).toBeNull()
  })
})
