// Makes a LAN with running hosts, says its prefix, and then ends in the way it is told: `throw`, or not at all.
import { nodePath } from '../../../support/paths.ts'
import { createLan } from '../lan.ts'

const lan = createLan({
  hosts: 2,
  program: [nodePath, new URL('node.js', import.meta.url).pathname]
})
await lan.start()
process.stdout.write(`${lan.claim.prefix}\n`)
if (process.argv[2] === 'throw') throw new Error('as told')
setInterval(() => {}, 1000)
