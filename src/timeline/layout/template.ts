/** What may stand in braces in a template; null for what is not known here. */
export interface TemplateFields {
  folder: string
  parent: string
  name: string
  stem: string
  ext: string
  preset: string
  mirror: string | null
  project: string | null
  hash: string | null
}

export type Expanded =
  | { kind: 'text'; text: string }
  | { kind: 'wrong'; message: string; hint: string | null }

/**
 * Puts the fields into a template such as `{folder}/Proxy/{stem}_{preset}.{ext}`. `{{` and `}}` are plain braces.
 * @returns what is wrong with it: a field that does not exist or is not known, a brace too many, no file name
 */
export function expandTemplate(template: string, fields: TemplateFields): Expanded {
  const known: Readonly<Record<string, string | null>> = { ...fields }
  let problem: Expanded | null = null
  const text = template.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (whole, field: string | undefined) => {
    if (whole === '{{') return '{'
    if (whole === '}}') return '}'
    const value = field === undefined || !Object.hasOwn(known, field) ? undefined : known[field]
    if (typeof value === 'string') return value
    problem ??=
      value === null
        ? { kind: 'wrong', message: `the template's {${field}} is not known for this source`, hint: null }
        : {
            kind: 'wrong',
            message: `the template has ${whole}, which is no field`,
            hint: `the fields are ${Object.keys(known)
              .map((name) => `{${name}}`)
              .join(', ')}`
          }
    return ''
  })
  if (problem !== null) return problem
  if (text.includes('\0') || /(^|[\\/])\.{0,2}$/.test(text)) {
    return { kind: 'wrong', message: `the template gives no file name: ${JSON.stringify(text)}`, hint: null }
  }
  return { kind: 'text', text }
}
