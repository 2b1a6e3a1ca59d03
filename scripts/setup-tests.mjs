// Installs the system tools that only the tests need, where that is possible, and says what will be skipped where not.
// Never fails: a test that misses its tool is skipped with the reason. Runs on any Node from 18 on, without packages.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Tool → Debian package, and what is skipped without it. */
const tools = [
  { tool: 'ffmpeg', package: 'ffmpeg', without: 'the ffmpeg that came with npm ci is used' },
  { tool: 'ffprobe', package: 'ffmpeg', without: 'the ffprobe that came with npm ci is used' },
  { tool: 'ip', package: 'iproute2', without: 'LAN tests are skipped' },
  { tool: 'nsenter', package: 'util-linux', without: 'LAN tests are skipped' },
  { tool: 'nft', package: 'nftables', without: 'tests of one-way partitions are skipped' },
  { tool: 'mount', package: 'mount', without: 'tests of full and read-only disks are skipped' },
  { tool: 'tmux', package: 'tmux', without: 'tests in a real terminal are skipped' },
  {
    tool: 'python3',
    package: 'python3',
    without: 'tests of the Python bridge to DaVinci Resolve are skipped'
  },
  { tool: 'luajit', package: 'luajit', without: 'tests of the Lua bridge to DaVinci Resolve are skipped' }
]

const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
const missing = () =>
  process.platform === 'linux'
    ? tools.filter(({ tool }) => !folders.some((folder) => existsSync(join(folder, tool))))
    : []

/** Installs what is missing and prints a line for each tool that stays away. */
export function setUpTests() {
  const before = missing()
  if (before.length === 0) return
  const problem = install([...new Set(before.map((tool) => tool.package))])
  for (const { tool, without } of missing())
    console.log(`setup: \`${tool}\` is missing (${problem}): ${without}`)
}

function install(packages) {
  if (process.getuid?.() !== 0) return 'only root can install it'
  if (!folders.some((folder) => existsSync(join(folder, 'apt-get')))) return 'there is no apt-get here'
  console.log(`setup: installing ${packages.join(', ')}`)
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 300_000
    }).status === 0
  apt('update')
  return apt('install', '-y', '--no-install-recommends', ...packages)
    ? 'not in its package'
    : 'apt-get failed'
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUpTests()
