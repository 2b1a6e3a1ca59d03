// A pretend proxima-node for the tests of the harness: it keeps a socket in its home, calls out over UDP multicast and
// by TCP, and knows whom it heard lately. Plain JavaScript, so that it starts at once.
//
//   --headless      runs until SIGTERM; `crash` after it: ends at once with status 7
//   peers --json    { self, peers: [{ peerId, name, status }] }; status is `connected` when heard in the last 400 ms
//   greet ADDRESS   prints what the node at that address says over TCP
//   busy MS         burns CPU that long; prints { cpuMs, wallMs }

import { spawn } from 'node:child_process'
import dgram from 'node:dgram'
import { mkdirSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import { join } from 'node:path'

const home = process.env.PROXIMA_HOME
const name = process.env.PROXIMA_NAME ?? 'nameless'
const socketPath = join(home, 'pretend.sock')
const group = '239.77.77.77'
const port = 17_771
const [verb, argument] = process.argv.slice(2)

if (verb === '--headless') await live()
else if (verb === 'peers') await ask()
else if (verb === 'greet') await greet(argument)
else if (verb === 'busy') busy(Number(argument))
else process.exit(2)

async function live() {
  if (argument === 'crash') {
    console.log('crashing as told')
    process.exit(7)
  }
  const heard = new Map()
  const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true })
  socket.on('error', (error) => console.log(`udp: ${error.message}`))
  socket.on('message', (message) => heard.set(message.toString(), performance.now()))
  await new Promise((done) => socket.bind(port, done))
  socket.addMembership(group, ownAddress())
  socket.setMulticastInterface(ownAddress())
  socket.setMulticastLoopback(false)
  setInterval(
    () => socket.send(name, port, group, (error) => error && console.log(`send: ${error.message}`)),
    50
  )

  net.createServer((client) => client.on('error', () => {}).end(`hello from ${name}\n`)).listen(port)
  mkdirSync(home, { recursive: true })
  rmSync(socketPath, { force: true })
  net
    .createServer((client) => {
      const peers = [...heard].map(([peer, atMs]) => ({
        peerId: peer,
        name: peer,
        status: performance.now() - atMs < 400 ? 'connected' : 'lost'
      }))
      client.on('error', () => {}).end(JSON.stringify({ self: { peerId: name, name }, peers }))
    })
    .listen(socketPath, () => console.log(`${name} is ready`))
  // A child that outlives a node killed with SIGKILL, as an ffmpeg may.
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  process.on('SIGTERM', () => {
    console.log(`${name} stops`)
    child.kill()
    process.exit(0)
  })
}

async function ask() {
  const text = await answerOf(net.connect(socketPath)).catch(() => null)
  if (text === null) process.exit(3)
  process.stdout.write(text)
}

async function greet(address) {
  const socket = net.connect({ host: address, port })
  socket.setTimeout(500, () => socket.destroy(new Error('timeout')))
  const text = await answerOf(socket).catch((error) => error)
  if (text instanceof Error) {
    console.error(text.message)
    process.exit(1)
  }
  process.stdout.write(text)
}

function answerOf(socket) {
  return new Promise((done, fail) => {
    let text = ''
    socket.on('data', (chunk) => (text += chunk))
    socket.on('end', () => done(text))
    socket.on('error', fail)
  })
}

function busy(ms) {
  const startMs = performance.now()
  while (performance.now() - startMs < ms);
  const { user, system } = process.cpuUsage()
  process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000, wallMs: performance.now() - startMs }))
}

function ownAddress() {
  const own = Object.values(os.networkInterfaces()).flat()
  return own.find(({ internal, family }) => !internal && family === 'IPv4').address
}
