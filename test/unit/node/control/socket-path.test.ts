import { describe, expect, it } from 'vitest'
import { controlSocketPath } from '../../../../src/node/control/socket-path.ts'

describe('controlSocketPath', () => {
  it('lies in the home where the path is short enough for a socket', () => {
    expect(controlSocketPath('/srv/px', 'linux')).toBe('/srv/px/node.sock')
  })

  it('moves to a folder of this user’s for a long home, one per home', () => {
    const long = `/srv/${'x'.repeat(120)}`
    const path = controlSocketPath(long, 'linux')
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103)
    expect(controlSocketPath(`${long}y`, 'linux')).not.toBe(path)
    expect(controlSocketPath(`${long}/`, 'linux')).toBe(path)
  })

  it('is a named pipe on Windows', () => {
    expect(controlSocketPath('C:\\px', 'win32')).toMatch(/^\\\\\.\\pipe\\proxima-node-[0-9a-f]{24}$/)
  })
})
