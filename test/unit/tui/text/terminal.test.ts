import { describe, expect, it } from 'vitest'
import { painter, terminalTraits } from '../../../../src/tui/text/terminal.ts'

const terminal = { write: () => true, isTTY: true }
const pipe = { write: () => true }

describe('terminalTraits', () => {
  it('draws over and colours only on a terminal that can', () => {
    const traits = (env: NodeJS.ProcessEnv, stream = terminal) =>
      terminalTraits(stream, { LANG: 'C.UTF-8', ...env }, 'linux')
    expect(traits({})).toEqual({ live: true, colour: true, ascii: false })
    expect(traits({ NO_COLOR: '1' })).toEqual({ live: true, colour: false, ascii: false })
    expect(traits({ TERM: 'dumb' })).toEqual({ live: false, colour: false, ascii: true })
    expect(traits({ CI: 'true' }).live).toBe(false)
    expect(terminalTraits(pipe, {}, 'linux')).toMatchObject({ live: false, colour: false })
  })

  it('keeps to ASCII where the locale or the console has nothing more', () => {
    const ascii = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') =>
      terminalTraits(terminal, env, platform).ascii
    expect([
      ascii({ LC_ALL: 'C' }),
      ascii({ TERM: 'linux' }),
      ascii({ LANG: 'de_DE.UTF-8' }),
      ascii({})
    ]).toEqual([true, true, false, false])
    expect([ascii({}, 'win32'), ascii({ WT_SESSION: 'x' }, 'win32')]).toEqual([true, false])
  })
})

describe('painter', () => {
  it('changes nothing without colour', () => {
    expect(painter(false)('bad', 'failed')).toBe('failed')
    expect(painter(true)('bad', 'failed')).toContain('\u001b[31mfailed')
  })
})
