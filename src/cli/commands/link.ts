import { type Define, subcommand } from './kit.ts'

export const defineLink: Define = (parent, act) => {
  const command = subcommand(parent, 'link', 'link finished proxies in the project that is open in Resolve')
    .argument('[dir]', "a folder of proxies; those of this node's jobs when left out")
    .option('--replace', 'also for clips that have another proxy')
    .action((dir: string | undefined, flags: { replace?: boolean }) =>
      act(command, async (context) => {
        const { resolve } = await import('node:path')
        const { link } = await import('../services/resolve.ts')
        return link(context, {
          dir: dir === undefined ? null : resolve(context.cwd, dir),
          replace: flags.replace ?? false
        })
      })
    )
}
