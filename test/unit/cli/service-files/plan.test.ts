import { describe, expect, it } from 'vitest'
import { type ServiceWish, servicePlan } from '../../../../src/cli/service-files/plan.ts'

const wish: ServiceWish = {
  platform: 'linux',
  node: '/opt/node/bin/node',
  launcher: '/opt/proxima node/bin/proxima-node.js',
  home: '/home/ada/.local/share/proxima-node',
  usualHome: '/home/ada/.local/share/proxima-node',
  userHome: '/home/ada',
  user: 'ada',
  uid: 1000,
  configHome: null,
  path: '/usr/bin:/bin'
}
const plan = (change: Partial<ServiceWish> = {}) => servicePlan({ ...wish, ...change })!
const line = (text: string, beginning: string) => text.split('\n').find((one) => one.startsWith(beginning))

describe('a service of systemd', () => {
  it('is a unit of the user that runs the node under this Node and with this home', () => {
    const { name, file, text } = plan()
    expect([name, file]).toEqual(['proxima-node', '/home/ada/.config/systemd/user/proxima-node.service'])
    expect(line(text, 'ExecStart=')).toBe(
      'ExecStart="/opt/node/bin/node" "/opt/proxima node/bin/proxima-node.js" "--headless" "--home" "/home/ada/.local/share/proxima-node"'
    )
    expect(line(text, 'Environment=')).toBe('Environment="PATH=/usr/bin:/bin"')
  })

  it('takes nothing in a path for a variable, a specifier or an end', () => {
    const { text } = plan({ home: '/x/50%/$HOME/"q"\\', path: '/50%/$x' })
    expect(line(text, 'ExecStart=')).toContain('"/x/50%%/$$HOME/\\"q\\"\\\\"')
    expect(line(text, 'Environment=')).toBe('Environment="PATH=/50%%/$x"')
    expect(plan({ home: '/a\nExecStart=/bin/evil' }).text.match(/^ExecStart=/gm)).toHaveLength(1)
  })

  it('is enabled, started, and told how to start without a login', () => {
    const { install, uninstall, next } = plan()
    expect(install.map((words) => words.join(' '))).toEqual([
      'systemctl --user daemon-reload',
      'systemctl --user enable --now proxima-node.service'
    ])
    expect(uninstall[0]?.join(' ')).toBe('systemctl --user disable --now proxima-node.service')
    expect(next).toContain('loginctl enable-linger ada')
  })

  it('lies where the user keeps settings', () => {
    expect(plan({ configHome: '/cfg' }).file).toBe('/cfg/systemd/user/proxima-node.service')
  })
})

describe('a service of launchd', () => {
  const mac = plan({ platform: 'darwin', userHome: '/Users/ada', home: '/Users/ada/a & b' })

  it('is a launch agent of the user, its log bounded by the node', () => {
    expect(mac.file).toBe(`/Users/ada/Library/LaunchAgents/${mac.name}.plist`)
    expect(mac.text).toContain('<string>--log-file</string>')
    expect(mac.text).toContain('<string>/Users/ada/a &amp; b</string>')
    expect(mac.install).toEqual([['launchctl', 'bootstrap', 'gui/1000', mac.file]])
    expect(mac.uninstall).toEqual([['launchctl', 'bootout', `gui/1000/${mac.name}`]])
  })
})

describe('a service of Windows', () => {
  const windows = plan({
    platform: 'win32',
    node: 'C:\\Program Files\\node\\node.exe',
    launcher: 'C:\\px\\bin\\proxima-node.js',
    home: 'C:\\Users\\Ada & Co\\px home\\',
    user: 'STUDIO\\ada'
  })

  it('is a task of the user who is logged on', () => {
    expect(windows.encoding).toBe('utf16le')
    expect(windows.text).toContain('<Command>C:\\Program Files\\node\\node.exe</Command>')
    expect(windows.text).toContain(
      '<Arguments>C:\\px\\bin\\proxima-node.js --headless --log-file --home "C:\\Users\\Ada &amp; Co\\px home\\\\"</Arguments>'
    )
    expect(windows.text.match(/<UserId>STUDIO\\ada<\/UserId>/g)).toHaveLength(2)
    expect(windows.install[0]).toEqual([
      'schtasks',
      '/Create',
      '/TN',
      windows.name,
      '/XML',
      windows.file,
      '/F'
    ])
  })
})

describe('the name of a service', () => {
  it('tells homes apart, and stays the same for each', () => {
    const [one, other] = [plan({ home: '/a' }), plan({ home: '/b' })]
    expect(one.name).toMatch(/^proxima-node-[0-9a-f]{8}$/)
    expect(other.name).not.toBe(one.name)
    expect(plan({ home: '/a' }).name).toBe(one.name)
  })

  it('is none where the system is not known', () => {
    expect(servicePlan({ ...wish, platform: 'aix' })).toBeNull()
  })
})
