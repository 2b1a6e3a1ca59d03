import { type Define, subcommand } from './kit.ts'

const load = () => import('../services/service.ts')

export const defineService: Define = (parent, act) => {
  const service = parent.command('service').description('let the system start this machine’s node')

  const install = subcommand(service, 'install', 'start the node now, and with the system')
    .option('--print', 'only show what would be written and run')
    .action(({ print = false }: { print?: boolean }) =>
      act(install, async (context) => (await load()).installService(context, { print }))
    )
  const uninstall = subcommand(service, 'uninstall', 'stop it, and start it no more').action(() =>
    act(uninstall, async (context) => (await load()).uninstallService(context))
  )
  const status = subcommand(service, 'status', 'whether it is installed, and runs').action(() =>
    act(status, async (context) => (await load()).serviceStatus(context))
  )
}
