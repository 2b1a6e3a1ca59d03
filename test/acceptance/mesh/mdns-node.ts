/**
 * A node in a process of its own, for network namespaces: `node mdns-node.ts HOME NAME [INVITE]`.
 * Prints one JSON object a line: `ready` (with an invite), `peers` on every change, `log` for warnings.
 */
import { createMesh } from '../../../src/node/mesh/index.ts'

const [home, name, invite] = process.argv.slice(2)
if (!home || !name) throw new Error('usage: mdns-node.ts HOME NAME [INVITE]')
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const log = (level: string) => (_details: object, message: string) => say({ kind: 'log', level, message })

const mesh = await createMesh(
  {
    home,
    name,
    version: '0.1.0',
    bootId: `${process.pid}`,
    ffmpegVersion: null,
    listen: { host: '0.0.0.0', port: 0, explicit: false },
    peers: [],
    mdns: { enabled: true, loopback: false },
    timings: { statusMs: 500, interfacesMs: 300 }
  },
  {
    logger: { debug: () => {}, info: () => {}, warn: log('warn'), error: log('error') },
    onPeerConnected: () => tell(),
    onPeerDisconnected: () => tell(),
    onStatus: () => {},
    onMessage: () => {},
    onLogRequest: () => null,
    onProofRequest: async () => ({ reason: null }),
    onWatch: async function* () {},
    onSteer: async () => ({ kind: 'refused', reason: 'not here' }),
    onRosterChanged: () => {}
  }
)
function tell(): void {
  const peers = mesh
    .peers()
    .map((peer) => ({ name: peer.name, state: peer.state, addresses: peer.addresses }))
  say({ kind: 'peers', peers })
}
await mesh.start()
if (invite) await mesh.join(invite)
say({ kind: 'ready', addresses: mesh.addresses, invite: (await mesh.invite()).invite })
process.on('SIGTERM', () => {
  mesh.stop().then(() => process.exit(0))
})
