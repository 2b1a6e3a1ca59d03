import type { SettingLine } from '../../model/index.ts'
import type { Paint } from './terminal.ts'

/** The settings as a person reads them: what holds, where it comes from, and what it is for. */
export function configLines(file: string, settings: readonly SettingLine[], paint: Paint): string[] {
  return [
    `# Settings go into ${file}, as \`key: value\`; a variable wins over it.`,
    ...settings.flatMap(({ key, value, from, variable, description }) => [
      '',
      ...(description === '' ? [] : [paint('faint', `# ${description}`)]),
      paint('faint', `# ${from === null ? `default; ${variable}` : `from ${from}`}`),
      `${key}: ${JSON.stringify(value)}`
    ])
  ]
}
