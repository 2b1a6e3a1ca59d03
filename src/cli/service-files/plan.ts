import { createHash } from 'node:crypto'
import { posix, win32 } from 'node:path'
import { launchAgent } from './launchd.ts'
import { systemdUnit } from './systemd.ts'
import { scheduledTask } from './task-scheduler.ts'

/** What the system is to start, and for whom. */
export interface ServiceWish {
  platform: NodeJS.Platform
  /** Absolute paths: this Node, and the launcher of this installation. */
  node: string
  launcher: string
  /** The node's home, absolute; and where it would be if nobody had said anything. */
  home: string
  usualHome: string
  /** The user's home folder, login name and id. */
  userHome: string
  user: string
  uid: number
  /** `XDG_CONFIG_HOME`, or null; the PATH on which ffmpeg is found now. */
  configHome: string | null
  path: string
}

/** What a file of a service is made of. */
export interface ServiceParts {
  name: string
  home: string
  /** Program and arguments. */
  command: readonly string[]
  path: string
  user: string
}

/** How a node is made to start with the system, on one system. Commands are program and arguments. */
export interface ServicePlan {
  name: string
  file: string
  text: string
  encoding: 'utf8' | 'utf16le'
  /** After the file was written. */
  install: readonly (readonly string[])[]
  /** Before the file is removed: what is not there need not be stopped. */
  uninstall: readonly (readonly string[])[]
  afterwards: readonly (readonly string[])[]
  /** Ends with status 0 while the system runs it. */
  check: readonly string[]
  /** What else a person may want to do. */
  next: string
}

/** The service of a home; null where this system is not known. */
export function servicePlan(wish: ServiceWish): ServicePlan | null {
  switch (wish.platform) {
    case 'linux':
      return forSystemd(wish)
    case 'darwin':
      return forLaunchd(wish)
    case 'win32':
      return forTaskScheduler(wish)
    default:
      return null
  }
}

/** The usual home has the plain name; others are told apart by their path. */
function nameOf({ home, usualHome }: ServiceWish): string {
  if (home === usualHome) return 'proxima-node'
  return `proxima-node-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`
}

const partsOf = (wish: ServiceWish, name: string, more: readonly string[] = []): ServiceParts => ({
  name,
  home: wish.home,
  command: [wish.node, wish.launcher, '--headless', ...more, '--home', wish.home],
  path: wish.path,
  user: wish.user
})

function forSystemd(wish: ServiceWish): ServicePlan {
  const name = nameOf(wish)
  const unit = `${name}.service`
  const systemctl = (...words: string[]): string[] => ['systemctl', '--user', ...words]
  return {
    name,
    file: posix.join(wish.configHome ?? posix.join(wish.userHome, '.config'), 'systemd', 'user', unit),
    text: systemdUnit(partsOf(wish, name)),
    encoding: 'utf8',
    install: [systemctl('daemon-reload'), systemctl('enable', '--now', unit)],
    uninstall: [systemctl('disable', '--now', unit)],
    afterwards: [systemctl('daemon-reload')],
    check: systemctl('is-active', '--quiet', unit),
    next: `It starts when ${wish.user} logs in. To start it with the machine: loginctl enable-linger ${wish.user}. Its log: journalctl --user -u ${name}`
  }
}

function forLaunchd(wish: ServiceWish): ServicePlan {
  const name = nameOf(wish)
  const domain = `gui/${wish.uid}`
  const file = posix.join(wish.userHome, 'Library', 'LaunchAgents', `${name}.plist`)
  return {
    name,
    file,
    // Nobody bounds what launchd writes for it.
    text: launchAgent(partsOf(wish, name, ['--log-file'])),
    encoding: 'utf8',
    install: [['launchctl', 'bootstrap', domain, file]],
    uninstall: [['launchctl', 'bootout', `${domain}/${name}`]],
    afterwards: [],
    check: ['launchctl', 'print', `${domain}/${name}`],
    next: `It starts when ${wish.user} logs in. Its log: logs/node.log in ${wish.home}`
  }
}

function forTaskScheduler(wish: ServiceWish): ServicePlan {
  const name = nameOf(wish)
  const schtasks = (...words: string[]): string[] => ['schtasks', ...words, '/TN', name]
  const file = win32.join(wish.home, `${name}.xml`)
  return {
    name,
    file,
    text: scheduledTask(partsOf(wish, name, ['--log-file'])),
    encoding: 'utf16le',
    install: [[...schtasks('/Create'), '/XML', file, '/F'], schtasks('/Run')],
    uninstall: [schtasks('/End'), [...schtasks('/Delete'), '/F']],
    afterwards: [],
    check: schtasks('/Query'),
    next: `It starts when ${wish.user} logs on. Its log: logs\\node.log in ${wish.home}`
  }
}
