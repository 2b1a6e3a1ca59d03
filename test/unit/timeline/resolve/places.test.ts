import { describe, expect, it } from 'vitest'
import { resolvePlaces, usualResolveSettings } from '../../../../src/timeline/resolve/places.ts'
import { isResolveCommand } from '../../../../src/timeline/resolve/running.ts'

describe('resolvePlaces', () => {
  it('knows where the installer of Linux puts things, and that of the Linux image', () => {
    expect(resolvePlaces(usualResolveSettings, 'linux', { PATH: '/opt/python/bin:/usr/bin' })).toEqual({
      api: ['/opt/resolve/Developer/Scripting', '/home/resolve/Developer/Scripting'],
      library: ['/opt/resolve/libs/Fusion/fusionscript.so', '/home/resolve/libs/Fusion/fusionscript.so'],
      fuscript: ['/opt/resolve/libs/Fusion/fuscript', '/home/resolve/libs/Fusion/fuscript'],
      python: [
        { path: '/opt/python/bin/python3', args: [] },
        { path: '/usr/bin/python3', args: [] },
        { path: '/usr/local/bin/python3', args: [] }
      ]
    })
  })

  it('knows those of macOS, and leaves the python3 alone that opens an installer', () => {
    const { api, library, fuscript, python } = resolvePlaces(usualResolveSettings, 'darwin', {
      PATH: '/usr/bin'
    })
    expect(api).toEqual([
      '/Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting'
    ])
    expect(library[0]).toBe(
      '/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion/fusionscript.so'
    )
    expect(fuscript[0]).toBe(
      '/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion/fuscript'
    )
    expect(python.map(({ path }) => path)).not.toContain('/usr/bin/python3')
  })

  it('knows those of Windows by its variables', () => {
    const env = { PROGRAMDATA: 'D:\\Data', ProgramFiles: 'D:\\Programs', Path: 'C:\\Windows' }
    const { api, library, fuscript, python } = resolvePlaces(usualResolveSettings, 'win32', env)
    expect(api).toEqual(['D:\\Data\\Blackmagic Design\\DaVinci Resolve\\Support\\Developer\\Scripting'])
    expect(library).toEqual(['D:\\Programs\\Blackmagic Design\\DaVinci Resolve\\fusionscript.dll'])
    expect(fuscript).toEqual(['D:\\Programs\\Blackmagic Design\\DaVinci Resolve\\fuscript.exe'])
    expect(python[0]).toEqual({ path: 'C:\\Windows\\py.exe', args: ['-3'] })
  })

  it("looks where Resolve's own variables point first", () => {
    const env = { RESOLVE_SCRIPT_API: '/x/Scripting', RESOLVE_SCRIPT_LIB: '/y/fusionscript.so' }
    const { api, library, fuscript } = resolvePlaces(usualResolveSettings, 'linux', env)
    expect([api[0], library[0], fuscript[0]]).toEqual(['/x/Scripting', '/y/fusionscript.so', '/y/fuscript'])
  })

  it('looks only where a setting says', () => {
    const settings = {
      language: null,
      pythonPath: '/p/python3.10',
      fuscriptPath: '/p/fuscript',
      scriptApi: '/p/Scripting',
      scriptLib: '/p/lib.so'
    }
    expect(resolvePlaces(settings, 'linux', { RESOLVE_SCRIPT_API: '/x', PATH: '/usr/bin' })).toEqual({
      api: ['/p/Scripting'],
      library: ['/p/lib.so'],
      fuscript: ['/p/fuscript'],
      python: [{ path: '/p/python3.10', args: [] }]
    })
  })
})

describe('isResolveCommand', () => {
  it('knows Resolve by its program on every system', () => {
    expect(isResolveCommand('/opt/resolve/bin/resolve', 'linux')).toBe(true)
    expect(
      isResolveCommand('/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/MacOS/Resolve', 'darwin')
    ).toBe(true)
    expect(isResolveCommand('"Resolve.exe","4711","Console","1","2,000,000 K"', 'win32')).toBe(true)
  })

  it('does not take other programs for it', () => {
    expect(isResolveCommand('/usr/lib/systemd/systemd-resolved', 'linux')).toBe(false)
    expect(isResolveCommand('/usr/bin/resolve', 'linux')).toBe(false)
    expect(
      isResolveCommand('/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/MacOS/fuscript', 'darwin')
    ).toBe(false)
    expect(isResolveCommand('INFO: No tasks are running which match', 'win32')).toBe(false)
  })
})
