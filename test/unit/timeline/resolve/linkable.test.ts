import { describe, expect, it } from 'vitest'
import { whyNotLinkable } from '../../../../src/timeline/resolve/linkable.ts'
import type { FileFacts } from '../../../../src/timeline/used-frames.ts'

const facts = (own: Partial<FileFacts> = {}): FileFacts => ({
  rate: { num: 30000, den: 1001 },
  frameCount: 100,
  startTimecode: '01:00:00:00',
  ...own
})

describe('whyNotLinkable', () => {
  it('has nothing against a proxy that is like its source', () => {
    expect(whyNotLinkable(facts(), facts())).toBeNull()
  })

  it('tells everything that differs in one line', () => {
    const proxy = facts({ rate: { num: 30, den: 1 }, frameCount: 101, startTimecode: '00:00:00:00' })
    expect(whyNotLinkable(proxy, facts())).toEqual({
      mismatches: ['rate', 'frame-count', 'start-timecode'],
      reason:
        'the proxy is not like its source: 30 instead of 30000/1001 frames a second, 101 instead of 100 frames, starts at 00:00:00:00 instead of 01:00:00:00',
      hint: 'Encode it again with --force; the source may have been replaced since.'
    })
  })

  it('knows a proxy of a part', () => {
    expect(whyNotLinkable(facts({ frameCount: 50 }), facts())?.hint).toMatch(/part cannot be linked/)
  })

  it('takes no timecode for 00:00:00:00, as Resolve does', () => {
    expect(whyNotLinkable(facts({ startTimecode: null }), facts({ startTimecode: '00:00:00:00' }))).toBeNull()
    expect(whyNotLinkable(facts({ startTimecode: null }), facts())?.mismatches).toEqual(['start-timecode'])
  })

  it('tells drop-frame timecode from the same numbers without', () => {
    const dropped = facts({ startTimecode: '01:00:00;00' })
    expect(whyNotLinkable(dropped, facts())?.mismatches).toEqual(['start-timecode'])
    expect(whyNotLinkable(dropped, facts({ startTimecode: '01;00;00;00' }))).toBeNull()
  })
})
