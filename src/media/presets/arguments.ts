/**
 * The free arguments that a preset may have: options of encoders that change the picture's quality and nothing else,
 * each with the shape of its value. Nothing here names a file, a protocol, a filter or another stream.
 */
export const argumentRules: Readonly<Record<string, RegExp>> = {
  '-aq-mode': /^[0-4]$/,
  '-aq-strength': /^\d(\.\d{1,2})?$/,
  '-bf': /^\d{1,2}$/,
  '-bits_per_mb': /^\d{1,4}$/,
  '-bufsize': /^\d{1,9}[kM]?$/,
  '-color_primaries': /^[a-z0-9-]{1,20}$/,
  '-color_range': /^(tv|pc)$/,
  '-color_trc': /^[a-z0-9-]{1,20}$/,
  '-colorspace': /^[a-z0-9-]{1,20}$/,
  '-g': /^\d{1,4}$/,
  '-keyint_min': /^\d{1,4}$/,
  '-level': /^\d(\.\d)?$/,
  '-maxrate': /^\d{1,9}[kM]?$/,
  '-q:v': /^\d{1,2}$/,
  '-qmax': /^\d{1,2}$/,
  '-qmin': /^\d{1,2}$/,
  '-quant_mat': /^[a-z]{1,10}$/,
  '-rc-lookahead': /^\d{1,3}$/,
  '-refs': /^\d{1,2}$/,
  '-tune': /^[a-z]{1,20}$/,
  '-vendor': /^[A-Za-z0-9]{4}$/
}

/** Why a list of arguments is not allowed, or null. */
export function checkArguments(args: readonly string[]): string | null {
  for (let i = 0; i < args.length; i += 2) {
    const option = args[i]!
    const value = args[i + 1]
    const rule = Object.hasOwn(argumentRules, option) ? argumentRules[option] : undefined
    if (!rule)
      return `the argument ${option} is not allowed (allowed: ${Object.keys(argumentRules).join(' ')})`
    if (value === undefined) return `the argument ${option} has no value`
    if (!rule.test(value)) return `${value} is no value for the argument ${option}`
  }
  return null
}
