import type { ServiceParts } from './plan.ts'

/** A unit of systemd's user manager (systemd.service(5), systemd.exec(5)). */
export function systemdUnit({ home, command, path }: ServiceParts): string {
  return `[Unit]
Description=proxima-node, which shares out media work (${specifiers(home.replace(/\p{C}/gu, '?'))})

[Service]
ExecStart=${command.map(word).join(' ')}
Environment=${quoted(specifiers(`PATH=${path}`))}
Restart=on-failure
RestartSec=5
# Wrong usage or settings: another start would end the same way.
RestartPreventExitStatus=2
# The node ends its encodes politely by itself.
KillMode=mixed
TimeoutStopSec=30

[Install]
WantedBy=default.target
`
}

/** One word of a command line: nothing in it is a variable or a specifier. */
const word = (text: string): string => quoted(specifiers(text).replaceAll('$', '$$$$'))
const specifiers = (text: string): string => text.replaceAll('%', '%%')
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
