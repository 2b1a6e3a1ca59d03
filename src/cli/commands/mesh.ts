import { type Define, nodeOptions, subcommand } from './kit.ts'

const load = () => import('../services/mesh.ts')

export const defineMesh: Define = (parent, act) => {
  const mesh = parent.command('mesh').description('membership: which machines work together')

  const create = nodeOptions(subcommand(mesh, 'create', 'make a new mesh with this machine alone'))
    .argument('[name]')
    .action((name: string | undefined) =>
      act(create, async (context) => (await load()).createMesh(context, name ?? null))
    )
  const invite = nodeOptions(subcommand(mesh, 'invite', 'print a line that lets one machine in')).action(() =>
    act(invite, async (context) => (await load()).invite(context))
  )
  const join = nodeOptions(subcommand(mesh, 'join', 'join the mesh that a line from `mesh invite` is for'))
    .argument('<line...>', 'the line')
    .action((words: string[]) => act(join, async (context) => (await load()).join(context, words.join(' '))))
  const leave = nodeOptions(
    subcommand(mesh, 'leave', 'leave the mesh; this machine starts anew, alone')
  ).action(() => act(leave, async (context) => (await load()).leaveMesh(context)))
  const remove = nodeOptions(subcommand(mesh, 'remove', 'remove a machine from the mesh, for good'))
    .argument('<peer>', 'its name, its id or the end of it')
    .action((peer: string) => act(remove, async (context) => (await load()).removeMember(context, peer)))
  const list = nodeOptions(subcommand(mesh, 'list', 'the members')).action(() =>
    act(list, async (context) => (await load()).listMembers(context))
  )
}
