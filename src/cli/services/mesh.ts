import { setTimeout as delay } from 'node:timers/promises'
import type { ControlClient } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { clean, shortPeerId } from '../output/format.ts'
import { findPeer } from './peers.ts'
import { withAnyNode } from './with-node.ts'

/** `mesh create [NAME]`: a mesh with this machine alone. */
export function createMesh(context: CommandContext, name: string | null): Promise<ExitStatus> {
  return withAnyNode(context, async ({ client }) => {
    const view = await client.call('meshCreate', { name })
    if (context.print.json) context.print.data(view)
    else
      context.print.lines([
        `This machine is in the new mesh ${view.meshId}. Let others in with \`proxima-node mesh invite\`.`
      ])
    return exitCodes.done
  })
}

/** `mesh invite`: one line that lets one machine in. Without a running node it stays until that has happened. */
export function invite(context: CommandContext): Promise<ExitStatus> {
  return withAnyNode(context, async ({ client, own }) => {
    const { print } = context
    const before = await memberIds(client)
    const view = await client.call('meshInvite', {})
    if (print.json) print.data(view)
    else print.lines([view.invite])
    const until = new Date(view.expiresAt).toTimeString().slice(0, 5)
    print.note(`Good once, until ${until}. On the other machine: proxima-node mesh join '<that line>'`)
    if (own === null) return exitCodes.done
    print.note(
      'No node runs here: this command answers the invitation itself and must stay open until it is used.'
    )
    return awaitNewMember(context, client, before, Date.parse(view.expiresAt))
  })
}

/** `mesh join LINE`: the other side of `mesh invite`. */
export function join(context: CommandContext, line: string): Promise<ExitStatus> {
  return withAnyNode(context, async ({ client, own }) => {
    const view = await client.call('meshJoin', { invite: line.trim() })
    if (context.print.json) context.print.data(view)
    else
      context.print.lines([
        `Joined the mesh of ${clean(view.inviterName)} (…${shortPeerId(view.inviterId)}).`
      ])
    if (own)
      context.print.note(
        'Start this machine’s node with `proxima-node --headless`, or `proxima-node` for the screen.'
      )
    return exitCodes.done
  })
}

/** `mesh leave`: this machine forgets its mesh and its key; its node stops. */
export function leaveMesh(context: CommandContext): Promise<ExitStatus> {
  return withAnyNode(context, async ({ client, own }) => {
    const { print, interrupt } = context
    if (own !== null) await awaitOthers(client, interrupt.signal)
    const { told, others } = await client.call('meshLeave', {})
    if (print.json) {
      print.data({ told, others })
      return exitCodes.done
    }
    print.lines([
      'This machine has left its mesh. Its next start makes it a new one, with a mesh of its own.'
    ])
    if (told < others) {
      const missing = others - told
      print.note(
        `${missing} of ${others} other ${others === 1 ? 'machine was' : 'machines were'} away: ${missing === 1 ? 'it hears' : 'they hear'} of it from those that were told${told === 0 ? ', and nobody was: run `proxima-node mesh remove` on one of them' : ''}.`
      )
    }
    if (own === null)
      print.note('Its node was stopped; start it with `proxima-node --headless`, or `proxima-node`.')
    return exitCodes.done
  })
}

/** `mesh remove PEER`: a machine is cut off, for good. */
export function removeMember(context: CommandContext, which: string): Promise<ExitStatus> {
  return withAnyNode(context, async ({ client, own }) => {
    const { print, interrupt } = context
    if (own !== null) await awaitOthers(client, interrupt.signal)
    const { self, peers } = await client.call('peers', {})
    const { peerId } = findPeer([self, ...peers], which, 2)
    const view = await client.call('meshRemove', { peer: peerId })
    if (print.json) print.data(view)
    else {
      print.lines([`${clean(view.name)} (…${shortPeerId(peerId)}) is no longer a member.`])
      print.note('To come back it runs `proxima-node mesh leave`, and is invited anew.')
    }
    return exitCodes.done
  })
}

/** A node that was just started has to meet the others first: until all are here, for a few seconds. */
async function awaitOthers(client: ControlClient, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + meetMs
  while (performance.now() < deadline) {
    const { peers } = await client.call('peers', {})
    if (peers.every((peer) => peer.status === 'connected')) return
    if (!(await pause(lookMs, signal))) return
  }
}

/** `mesh list`: who is a member. */
export function listMembers(context: CommandContext): Promise<ExitStatus> {
  return withAnyNode(context, async ({ client }) => {
    const view = await client.call('meshList', {})
    if (context.print.json) {
      context.print.data(view)
      return exitCodes.done
    }
    context.print.lines([`mesh ${view.meshId}`])
    context.print.lines(
      view.members.map(
        (member) => `${member.peerId}  ${clean(member.name)}${member.self ? '  (this machine)' : ''}`
      )
    )
    return exitCodes.done
  })
}

/** How often an invitation without a running node looks whether it was used. */
const lookMs = 250
/** A command's own node waits so long for the other members. */
const meetMs = 5_000
/** The joining machine gets this long to take the roster and greet before this command takes its node away. */
const greetMs = 3_000

async function awaitNewMember(
  { print, interrupt }: CommandContext,
  client: ControlClient,
  before: ReadonlySet<string>,
  expiresMs: number
): Promise<ExitStatus> {
  while (Date.now() < expiresMs) {
    const { members } = await client.call('meshList', {})
    const joined = members.find((member) => !before.has(member.peerId))
    if (joined) {
      await awaitGreeting(client, joined.peerId, interrupt.signal)
      print.tell(`${clean(joined.name)} (…${shortPeerId(joined.peerId)}) joined.`)
      return exitCodes.done
    }
    if (!(await pause(lookMs, interrupt.signal))) {
      print.note('Left: the invitation is void. Start a node and invite again.')
      return exitCodes.interrupted
    }
  }
  print.error({ message: 'nobody used the invitation before it expired', hint: 'Invite again' })
  return exitCodes.failed
}

async function awaitGreeting(client: ControlClient, peerId: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + greetMs
  while (performance.now() < deadline) {
    const { peers } = await client.call('peers', {})
    if (peers.find((peer) => peer.peerId === peerId)?.status === 'connected') return
    if (!(await pause(lookMs, signal))) return
  }
}

/** False when the signal cut it short. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal })
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}

async function memberIds(client: ControlClient): Promise<Set<string>> {
  const { members } = await client.call('meshList', {})
  return new Set(members.map((member) => member.peerId))
}
